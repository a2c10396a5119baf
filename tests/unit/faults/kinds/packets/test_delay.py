import pytest

from stackproof.engine.port import Place, Side
from stackproof.faults.evidence.pings import Replies, Reply
from stackproof.faults.kinds.packets.delay import KIND, Delay
from stackproof.faults.means.network_interface import NetworkInterface
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

STORE = NetworkInterface("back", "store")


def took(*times_ms: float) -> Replies:
    """Round trips with these times."""
    return Replies(len(times_ms), tuple(Reply(number + 1, each) for number, each in enumerate(times_ms)))


PROMPT = took(0.1, 0.1, 0.2)


def test_jitter_beyond_the_delay_is_refused() -> None:
    """A delay cannot be negative."""
    with pytest.raises(FaultError, match="expected jitter_ms of at most delay_ms, 10, saw 11"):
        KIND.check(FaultSpec.parse("delay back/store delay_ms=10 jitter_ms=11"), small_stack())


def test_round_trips_are_timed_from_the_proxy_and_within_the_service() -> None:
    """Ping waits for an answer for the delay and one second more."""
    engine = FakeStack()
    line = "64 bytes from 10.0.1.2: icmp_seq=1 ttl=64 time={} ms\n1 packets transmitted, 1 received, 0% packet loss"
    engine.said = [line.format(100.2), line.format(0.1)]
    seen = KIND.check(FaultSpec.parse("delay back/store delay_ms=100"), engine.stack).evidence(engine)
    assert seen.confirmed
    assert seen.observed == "round trips over back took 100.2 ms, 100.2 at least; within store 0.1 ms, 0.1 at most"
    assert [place for place, _ in engine.helped] == [Place("store", Side.PROXY), Place("store")]
    assert "-W 1.1 " in engine.helped[0][1][2]


@pytest.mark.parametrize(
    ("fault", "outside", "inside", "confirmed"),
    [
        (Delay(STORE, 100, 0), took(100.1, 100.2, 130), PROMPT, True),
        (Delay(STORE, 100, 0), took(0.1, 0.1, 0.2), PROMPT, False),
        (Delay(STORE, 100, 0), took(90, 100.2, 100.3), PROMPT, False),
        (Delay(STORE, 100, 0), took(100.1, 100.2, 130), took(70, 80, 90), False),
        (Delay(STORE, 100, 50), took(51, 100, 149), PROMPT, True),
        (Delay(STORE, 100, 50), took(40, 100, 149), PROMPT, False),
        (Delay(STORE, 100, 100), took(0.1, 100, 180), PROMPT, True),
        (Delay(STORE, 100, 100), took(0.1, 100, 180), took(0.1, 0.1, 120), False),
        (Delay(STORE, 1, 0), took(1.1, 1.2, 4), PROMPT, False),
        (Delay(STORE, 100, 0), took(), PROMPT, False),
        (Delay(STORE, 100, 0), took(100.1, 100.2, 130), took(), False),
    ],
)
def test_it_is_confirmed_if_round_trips_are_longer_by_most_of_the_delay(
    fault: Delay, outside: Replies, inside: Replies, *, confirmed: bool
) -> None:
    """Confirmed: all are late, or most with much jitter; not confirmed: one is early, a busy machine, no answers."""
    assert fault.judge(outside, inside).confirmed is confirmed
