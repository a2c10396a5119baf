import re

import pytest

from stackproof.engine.port import Place, ServiceAddress, Side
from stackproof.faults.evidence.pings import PingCount
from stackproof.faults.evidence.service_reachability import (
    Call,
    CallOutcome,
    EntryPoint,
    ReceivedCalls,
    entry_point,
    measure,
    outcome_of,
)
from stackproof.model import EngineError
from tests.unit.fakes import FakeStack
from tests.unit.faults.packet_engines import EndedEngine

STORE = EntryPoint("store", Side.PROXY, ("10.0.1.1",), (6379, 6380))
PRINTED = """\
TCP Connection to 10.0.1.1 6379 port [tcp/*] succeeded!
TCP nc: connect to 10.0.1.1 port 6380 (tcp) {}
PING 10.0.1.1 (10.0.1.1) 56(84) bytes of data.

--- 10.0.1.1 ping statistics ---
5 packets transmitted, 5 received, 0% packet loss, time 80ms
"""
REFUSED = "failed: Connection refused"
SILENT = "timed out: Operation now in progress"


class TalkativeEngine(FakeStack):
    """Every call is answered, and the called service's kernel keeps counting."""

    def __init__(self) -> None:
        super().__init__()
        self._echoes = 100

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Print what ping, nc and the kernel would."""
        script = command[2]
        printed = [f"--- {host} ping statistics ---\n5 packets transmitted, 5 received" for host in _pinged(script)]
        tried = [f"TCP Connection to {host} {port} port [tcp/*] succeeded!" for host, port in _tried(script)]
        if "/proc/net/snmp" in script:
            self._echoes += 5
            printed.append(f"ECHOES {self._echoes}")
        super().run_helper(place, command, timeout_s)
        return "\n".join([*printed, *tried])


def _pinged(script: str) -> list[str]:
    return re.findall(r"ping -n -q \S+ \d+ -i \S+ -W \S+ ([\d.]+)\)", script)


def _tried(script: str) -> list[tuple[str, str]]:
    return re.findall(r"nc -n -v -z -w 1 ([\d.]+) (\d+) ", script)


@pytest.mark.parametrize(("outcome", "answered"), [(REFUSED, 2), (SILENT, 1)])
def test_a_refusal_is_an_answer(outcome: str, answered: int) -> None:
    """A refused caller has received a packet; one that waits in vain has not."""
    assert outcome_of(PRINTED.format(outcome), STORE) == CallOutcome(PingCount(5, 5), 2, answered)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected ping to report on 10.0.1.1, saw ''"),
        ("--- 10.0.1.1 ping statistics ---\n5 packets transmitted, 5 received", "expected nc to report 2 connections"),
    ],
)
def test_a_call_that_was_not_made_is_an_error(text: str, message: str) -> None:
    """A call that was never tried is not taken for silence."""
    with pytest.raises(EngineError, match=message):
        outcome_of(text, STORE)


def test_the_entry_point_is_the_proxy_rather_than_the_service() -> None:
    """Its proxy on the given networks; the service itself if it has none; nothing if it has ended."""

    class BareEngine(FakeStack):
        """An engine without proxies."""

        def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
            """Those of the services only."""
            return tuple(each for each in super().addresses(service) if each.side is Side.SERVICE)

    assert entry_point(FakeStack(), "web", ("back",)) == EntryPoint("web", Side.PROXY, ("10.1.0.1",), (80, 443, 9000))
    assert entry_point(BareEngine(), "web", ("front", "back")) == EntryPoint(
        "web", Side.SERVICE, ("10.0.0.2", "10.1.0.2"), (80, 443, 9000)
    )
    assert entry_point(EndedEngine(), "web", ("back",)) is None


def test_every_service_calls_and_the_kernels_of_the_called_ones_count() -> None:
    """Each caller runs next to its service, each count next to the entry point; only what arrived meanwhile counts."""
    engine = TalkativeEngine()
    web, store = entry_point(engine, "web", ("back",)), entry_point(engine, "store", ("back",))
    assert web is not None
    assert store is not None
    seen = measure(engine, (("web", store), ("store", web)))
    complete = CallOutcome(PingCount(5, 5), 1, 1)
    assert seen.calls == (Call("web", "store", complete), Call("store", "web", CallOutcome(PingCount(5, 5), 3, 3)))
    assert [(each.service, each.echo_requests, each.answers_itself) for each in seen.received] == [
        ("store", 10, True),
        ("web", 10, True),
    ]
    assert seen.answered == seen.calls
    assert seen.sent_to("store") == 5
    entry_points = [Place("store", Side.PROXY), Place("web", Side.PROXY)]
    placed = [place for place, _ in engine.helped]
    assert sorted(placed, key=str) == sorted([*entry_points, *entry_points, Place("web"), Place("store")], key=str)


def test_a_kernel_that_does_not_count_is_an_error() -> None:
    """Without its count the direction of a cut remains unknown."""
    engine = FakeStack()
    engine.said = ["--- 10.0.1.1 ping statistics ---\n5 packets transmitted, 5 received"]
    with pytest.raises(EngineError, match="expected the kernel to count echo requests in /proc/net/snmp"):
        measure(engine, (("web", EntryPoint("store", Side.PROXY, ("10.0.1.1",), ())),))


@pytest.mark.parametrize(
    ("itself", "answers_itself"),
    [
        (CallOutcome(PingCount(5, 5), 1, 1), True),
        (CallOutcome(PingCount(5, 4), 1, 1), False),
        (CallOutcome(PingCount(5, 5), 2, 1), False),
        (CallOutcome(PingCount(5, 5), 0, 0), True),
    ],
)
def test_a_service_must_answer_itself_completely(itself: CallOutcome, *, answers_itself: bool) -> None:
    """Silence of one that does not means nothing."""
    assert ReceivedCalls("store", itself, 0).answers_itself is answers_itself
