import pytest

from stackproof.faults.evidence.conversation import Conversation, End
from stackproof.faults.kinds.processes.terminate import KIND, Terminate
from stackproof.model import ContainerState, ContainerStatus, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.conversations import answered, wordless

WEB = small_stack().service("web")


def test_the_service_is_asked_to_end_and_started_again() -> None:
    """It gets its grace; the heal starts it; healing twice, or healing what runs, is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("terminate web grace_s=3"), engine.stack)
    fault.inject(engine)
    assert engine.signals == ["web SIGTERM 3"]
    assert fault.evidence(engine).confirmed
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


def test_the_grace_is_ten_seconds_where_none_is_given() -> None:
    """An engine's own default."""
    engine = FakeStack()
    KIND.check(FaultSpec.parse("terminate web"), engine.stack).inject(engine)
    assert engine.signals == ["web SIGTERM 10"]


def test_it_is_brought_back_from_a_freeze_too() -> None:
    """A service that was started and frozen meanwhile runs after the heal."""
    engine = FakeStack()
    engine.pause("web")
    KIND.check(FaultSpec.parse("terminate web"), engine.stack).heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


@pytest.mark.parametrize("grace_s", ["0", "301", "soon"])
def test_a_grace_out_of_bounds_is_refused(grace_s: str) -> None:
    """No grace at all is what `kill` is for."""
    with pytest.raises(FaultError, match="expected grace_s to be a whole number of seconds from 1 to 300"):
        KIND.check(FaultSpec.parse(f"terminate web grace_s={grace_s}"), small_stack())


@pytest.mark.parametrize(
    ("status", "seen", "bit"),
    [
        (ContainerStatus.EXITED, (wordless(End.REFUSED),), True),
        (ContainerStatus.EXITED, (), True),
        (ContainerStatus.RUNNING, (wordless(End.REFUSED),), False),
        (ContainerStatus.EXITED, (wordless(End.REFUSED), answered()), False),
        (ContainerStatus.PAUSED, (wordless(End.OPEN),), False),
    ],
)
def test_it_bit_where_the_engine_and_the_ports_agree(
    status: ContainerStatus, seen: tuple[Conversation, ...], *, bit: bool
) -> None:
    """Bitten: the engine says that it ended and no port answers; not: either of them says otherwise."""
    assert Terminate(WEB, 10).judge(ContainerState(status), seen).confirmed is bit


@pytest.mark.parametrize(("code", "had_to_be_killed"), [(0, False), (143, False), (137, True)])
def test_the_evidence_tells_an_end_in_time_from_a_kill(code: int, *, had_to_be_killed: bool) -> None:
    """137 (128 + SIGKILL) is what is left of a service that overstayed its grace."""
    evidence = Terminate(WEB, 10).judge(ContainerState(ContainerStatus.EXITED, exit_code=code), ())
    assert evidence.confirmed
    assert f"exited with code {code}" in evidence.observed
    assert ("did not end by itself in time" in evidence.observed) is had_to_be_killed
