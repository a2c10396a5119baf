import json

import pytest

from stackproof.engine.port import Place
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.resources.descriptors import KIND, Descriptors, Process
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.client_views import answered, unanswered

SPEC = FaultSpec.parse("descriptors web leave=2")
FAULT = Descriptors(SPEC, small_stack().service("web"), 2)
FULL, FREE = Process(7, 16, 16), Process(1, 4, 1024)


def test_a_helper_keeps_the_limits_low_until_it_is_asked_to_restore_them() -> None:
    """It is asked before it is removed, since nothing else knows the previous limits; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.helpers["web", "descriptors"][-2:] == ("hold", "2")
    fault.heal(engine)
    fault.heal(engine)
    assert engine.helped[-1][1][-1] == "release"
    assert engine.helpers == {}


def test_only_the_helper_of_an_ended_service_is_removed() -> None:
    """Its processes are gone, and new ones have the declared limit."""
    engine = FakeStack()
    FAULT.inject(engine)
    engine.states["web"] = ContainerState(ContainerStatus.EXITED)
    before = len(engine.helped)
    FAULT.heal(engine)
    assert engine.helpers == {}
    assert len(engine.helped) == before


def test_limits_that_cannot_be_lowered_are_an_error() -> None:
    """With the helper's message."""

    class Refusing(FakeStack):
        def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
            if command[-1] == "await":
                raise EngineError("the limits had not been lowered")
            return super().run_helper(place, command, timeout_s)

    with pytest.raises(FaultError, match="the limits had not been lowered"):
        FAULT.inject(Refusing())


@pytest.mark.parametrize(
    ("processes", "views", "confirmed"),
    [
        ((FREE, FULL), (answered(), unanswered(ConnectionEnd.OPEN, 2.0)), True),
        ((FREE, FULL), (answered(), answered()), False),
        ((FREE, FULL), (answered(0.0), answered(3.9)), True),  # served when another one left
        ((FREE, FREE), (unanswered(ConnectionEnd.OPEN, 2.0),), False),  # a busy machine, or a frozen service
        ((), (unanswered(ConnectionEnd.REFUSED),), False),
    ],
)
def test_it_is_confirmed_if_a_process_is_full_and_a_client_gets_no_answer(
    processes: tuple[Process, ...], views: tuple[ClientView, ...], *, confirmed: bool
) -> None:
    """Both are needed: each alone may have other reasons."""
    assert FAULT.judge(processes, views).confirmed is confirmed


def test_unserved_clients_alone_are_no_confirmation() -> None:
    """Clients that cannot connect prove nothing if the processes can open more files."""
    engine = FakeStack()
    engine.said = [json.dumps([{"pid": 1, "open": 4, "limit": 1024}])] * 4
    evidence = FAULT.evidence(engine)
    assert not evidence.confirmed
    assert "0 of 1 processes could open no more files; the fullest has 4 of 1024 files open" in evidence.observed
