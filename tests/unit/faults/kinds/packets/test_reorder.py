import pytest

from stackproof.engine.port import Place, Side
from stackproof.faults.evidence.pings import Replies, Reply
from stackproof.faults.kinds.packets.reorder import KIND, Reorder
from stackproof.faults.means.network_interface import NetworkInterface
from stackproof.model import FaultSpec
from tests.unit.fakes import FakeStack

STORE = NetworkInterface("back", "store")
HELD = Reorder(STORE, 25, 50)


def arrived(prompt: set[int], count: int = 80, late_ms: float = 50.2) -> Replies:
    """Answers to packets 2 ms apart, some of them prompt and the others late, in order of arrival."""
    answers = [Reply(number, 0.1 if number in prompt else late_ms) for number in range(1, count + 1)]
    return Replies(count, tuple(sorted(answers, key=lambda each: 2 * each.number + each.took_ms)))


def test_the_order_of_answers_is_observed_from_the_proxy() -> None:
    """So many packets are sent that twenty overtake others, or are overtaken, on average."""
    engine = FakeStack()
    line = "64 bytes from 10.0.1.2: icmp_seq={} ttl=64 time={} ms\n"
    engine.said = [f"{line.format(2, 0.1)}{line.format(1, 50.2)}2 packets transmitted, 2 received, 0% packet loss"]
    seen = KIND.check(FaultSpec.parse("reorder back/store percent=25"), engine.stack).evidence(engine)
    assert seen.confirmed
    assert seen.observed == "over back 1 of 2 answers overtook one to an earlier packet, 1 took less than 25 ms"
    ((place, (_, _, script)),) = engine.helped
    assert place == Place("store", Side.PROXY)
    assert "-c 80 -i 0.002 -W 1.05 " in script


@pytest.mark.parametrize(
    ("seen", "confirmed"),
    [
        (arrived(set(range(4, 81, 4))), True),
        (arrived(set(range(1, 81))), False),
        (arrived(set()), False),
        (arrived({40}), False),
        (arrived(set(range(1, 21))), False),
        (arrived(set(range(4, 81, 4)), late_ms=0.2), False),
        (Replies(80, ()), False),
    ],
)
def test_it_is_confirmed_if_the_number_of_prompt_answers_fits_the_percentage(seen: Replies, *, confirmed: bool) -> None:
    """Confirmed: about as many overtake as requested; not confirmed: none or one, or all in order, prompt or late."""
    assert HELD.judge(seen).confirmed is confirmed
