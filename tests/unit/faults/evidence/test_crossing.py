import re

import pytest

from stackproof.engine.port import Place, ServiceAddress, Side
from stackproof.faults.evidence.crossing import Answers, Call, Door, Hearing, answers_of, door, watch
from stackproof.faults.evidence.pings import Tally
from stackproof.model import EngineError
from tests.unit.fakes import FakeStack
from tests.unit.faults.packet_engines import EndedEngine

STORE = Door("store", Side.PROXY, ("10.0.1.1",), (6379, 6380))
SAID = """\
TCP Connection to 10.0.1.1 6379 port [tcp/*] succeeded!
TCP nc: connect to 10.0.1.1 port 6380 (tcp) {}
PING 10.0.1.1 (10.0.1.1) 56(84) bytes of data.

--- 10.0.1.1 ping statistics ---
5 packets transmitted, 5 received, 0% packet loss, time 80ms
"""
REFUSED = "failed: Connection refused"
SILENT = "timed out: Operation now in progress"


class TalkativeEngine(FakeStack):
    """Every call is answered, and the kernel of the called counts on."""

    def __init__(self) -> None:
        super().__init__()
        self._echoes = 100

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Say what ping, nc and the kernel would."""
        script = command[2]
        said = [f"--- {host} ping statistics ---\n5 packets transmitted, 5 received" for host in _pinged(script)]
        tried = [f"TCP Connection to {host} {port} port [tcp/*] succeeded!" for host, port in _tried(script)]
        if "/proc/net/snmp" in script:
            self._echoes += 5
            said.append(f"ECHOES {self._echoes}")
        super().run_helper(place, command, timeout_s)
        return "\n".join([*said, *tried])


def _pinged(script: str) -> list[str]:
    return re.findall(r"ping -n -q \S+ \d+ -i \S+ -W \S+ ([\d.]+)\)", script)


def _tried(script: str) -> list[tuple[str, str]]:
    return re.findall(r"nc -n -v -z -w 1 ([\d.]+) (\d+) ", script)


@pytest.mark.parametrize(("outcome", "answered"), [(REFUSED, 2), (SILENT, 1)])
def test_a_refusal_is_an_answer(outcome: str, answered: int) -> None:
    """Who is refused has got a packet back; who waits in vain has not."""
    assert answers_of(SAID.format(outcome), STORE) == Answers(Tally(5, 5), 2, answered)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected ping to tell of 10.0.1.1, saw ''"),
        ("--- 10.0.1.1 ping statistics ---\n5 packets transmitted, 5 received", "expected nc to tell of 2 connections"),
    ],
)
def test_a_call_that_was_not_made_is_an_error(text: str, message: str) -> None:
    """What nobody tried is not taken for silence."""
    with pytest.raises(EngineError, match=message):
        answers_of(text, STORE)


def test_neighbours_find_the_proxy_before_the_service() -> None:
    """Its proxy on the networks that count; itself where it has none; nothing where it has ended."""

    class BareEngine(FakeStack):
        """There is no proxy."""

        def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
            """Those of the services alone."""
            return tuple(each for each in super().addresses(service) if each.side is Side.SERVICE)

    assert door(FakeStack(), "web", ("back",)) == Door("web", Side.PROXY, ("10.1.0.1",), (80, 443, 9000))
    assert door(BareEngine(), "web", ("front", "back")) == Door(
        "web", Side.SERVICE, ("10.0.0.2", "10.1.0.2"), (80, 443, 9000)
    )
    assert door(EndedEngine(), "web", ("back",)) is None


def test_everyone_calls_and_the_kernels_of_the_called_count() -> None:
    """Each caller sits beside its service, each count beside the door; only what came meanwhile counts."""
    engine = TalkativeEngine()
    web, store = door(engine, "web", ("back",)), door(engine, "store", ("back",))
    assert web is not None
    assert store is not None
    seen = watch(engine, (("web", store), ("store", web)))
    well = Answers(Tally(5, 5), 1, 1)
    assert seen.calls == (Call("web", "store", well), Call("store", "web", Answers(Tally(5, 5), 3, 3)))
    assert [(each.service, each.echoes, each.is_well) for each in seen.hearings] == [
        ("store", 10, True),
        ("web", 10, True),
    ]
    assert seen.answered == seen.calls
    assert seen.sent_to("store") == 5
    doors = [Place("store", Side.PROXY), Place("web", Side.PROXY)]
    placed = [place for place, _ in engine.helped]
    assert sorted(placed, key=str) == sorted([*doors, *doors, Place("web"), Place("store")], key=str)


def test_a_kernel_that_does_not_count_is_an_error() -> None:
    """Without its word nobody can tell which way is cut."""
    engine = FakeStack()
    engine.said = ["--- 10.0.1.1 ping statistics ---\n5 packets transmitted, 5 received"]
    with pytest.raises(EngineError, match="expected the kernel to count echo requests in /proc/net/snmp"):
        watch(engine, (("web", Door("store", Side.PROXY, ("10.0.1.1",), ())),))


@pytest.mark.parametrize(
    ("itself", "is_well"),
    [
        (Answers(Tally(5, 5), 1, 1), True),
        (Answers(Tally(5, 4), 1, 1), False),
        (Answers(Tally(5, 5), 2, 1), False),
        (Answers(Tally(5, 5), 0, 0), True),
    ],
)
def test_who_does_not_answer_itself_is_not_well(itself: Answers, *, is_well: bool) -> None:
    """Of such a service silence tells nothing."""
    assert Hearing("store", itself, 0).is_well is is_well
