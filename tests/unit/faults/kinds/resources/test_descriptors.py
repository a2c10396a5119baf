import json

import pytest

from stackproof.engine.port import Place
from stackproof.faults.evidence.conversation import Conversation, End
from stackproof.faults.kinds.resources.descriptors import KIND, Descriptors, Process
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.conversations import answered, wordless

SPEC = FaultSpec.parse("descriptors web leave=2")
FAULT = Descriptors(SPEC, small_stack().service("web"), 2)
FULL, FREE = Process(7, 16, 16), Process(1, 4, 1024)


def test_a_helper_holds_the_limits_down_until_it_is_told_to_give_them_back() -> None:
    """It is asked to before it is dropped, since nobody else knows what they were; twice is fine."""
    engine = FakeStack()
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.helpers["web", "descriptors"][-2:] == ("hold", "2")
    fault.heal(engine)
    fault.heal(engine)
    assert engine.helped[-1][1][-1] == "release"
    assert engine.helpers == {}


def test_of_a_dead_service_the_helper_alone_is_left() -> None:
    """Its processes are gone, and whoever starts again has the limit that was declared."""
    engine = FakeStack()
    FAULT.inject(engine)
    engine.states["web"] = ContainerState(ContainerStatus.EXITED)
    before = len(engine.helped)
    FAULT.heal(engine)
    assert engine.helpers == {}
    assert len(engine.helped) == before


def test_a_kernel_that_does_not_lower_them_is_told() -> None:
    """With what the helper said."""

    class Refusing(FakeStack):
        def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
            if command[-1] == "await":
                raise EngineError("the limits had not been lowered")
            return super().run_helper(place, command, timeout_s)

    with pytest.raises(FaultError, match="the limits had not been lowered"):
        FAULT.inject(Refusing())


@pytest.mark.parametrize(
    ("processes", "seen", "bit"),
    [
        ((FREE, FULL), (answered(), wordless(End.OPEN, 2.0)), True),
        ((FREE, FULL), (answered(), answered()), False),
        ((FREE, FULL), (answered(0.0), answered(3.9)), True),  # let in when another one left
        ((FREE, FREE), (wordless(End.OPEN, 2.0),), False),  # a busy machine, or a frozen service
        ((), (wordless(End.REFUSED),), False),
    ],
)
def test_it_bit_where_a_full_process_leaves_clients_alone(
    processes: tuple[Process, ...], seen: tuple[Conversation, ...], *, bit: bool
) -> None:
    """Both must be seen: each alone has other reasons."""
    assert FAULT.judge(processes, seen).confirmed is bit


def test_nobody_listens_nowhere() -> None:
    """Clients that find no way in show nothing while the processes are well."""
    engine = FakeStack()
    engine.said = [json.dumps([{"pid": 1, "open": 4, "limit": 1024}])] * 4
    evidence = FAULT.evidence(engine)
    assert not evidence.confirmed
    assert "0 of 1 processes could open no more; the fullest has 4 of 1024 files open" in evidence.observed
