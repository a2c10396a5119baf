import pytest

from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.processes.terminate import KIND, Terminate
from stackproof.model import ContainerState, ContainerStatus, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.client_views import answered, unanswered

WEB = small_stack().service("web")


def test_the_service_is_asked_to_end_and_started_again() -> None:
    """It gets time to end; the heal starts it; healing twice, or healing what runs, is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("terminate web grace_s=3"), engine.stack)
    fault.inject(engine)
    assert engine.signals == ["web SIGTERM 3"]
    assert fault.evidence(engine).confirmed
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


def test_the_grace_is_ten_seconds_by_default() -> None:
    """As with the engine's own command."""
    engine = FakeStack()
    KIND.check(FaultSpec.parse("terminate web"), engine.stack).inject(engine)
    assert engine.signals == ["web SIGTERM 10"]


def test_a_frozen_service_runs_again_too() -> None:
    """A service that was started and frozen meanwhile runs after the heal."""
    engine = FakeStack()
    engine.pause("web")
    KIND.check(FaultSpec.parse("terminate web"), engine.stack).heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


@pytest.mark.parametrize("grace_s", ["0", "301", "soon"])
def test_a_grace_out_of_bounds_is_refused(grace_s: str) -> None:
    """For no grace at all there is `kill`."""
    with pytest.raises(FaultError, match="expected grace_s to be a whole number of seconds from 1 to 300"):
        KIND.check(FaultSpec.parse(f"terminate web grace_s={grace_s}"), small_stack())


@pytest.mark.parametrize(
    ("status", "views", "confirmed"),
    [
        (ContainerStatus.EXITED, (unanswered(ConnectionEnd.REFUSED),), True),
        (ContainerStatus.EXITED, (), True),
        (ContainerStatus.RUNNING, (unanswered(ConnectionEnd.REFUSED),), False),
        (ContainerStatus.EXITED, (unanswered(ConnectionEnd.REFUSED), answered()), False),
        (ContainerStatus.PAUSED, (unanswered(ConnectionEnd.OPEN),), False),
    ],
)
def test_it_is_confirmed_if_the_engine_and_the_ports_agree(
    status: ContainerStatus, views: tuple[ClientView, ...], *, confirmed: bool
) -> None:
    """Confirmed: the engine reports that it ended, and no port answers; not confirmed: one of them differs."""
    assert Terminate(WEB, 10).judge(ContainerState(status), views).confirmed is confirmed


@pytest.mark.parametrize(("code", "had_to_be_killed"), [(0, False), (143, False), (137, True)])
def test_the_evidence_distinguishes_an_end_in_time_from_a_kill(code: int, *, had_to_be_killed: bool) -> None:
    """137 (128 + SIGKILL) is the exit code of a service that took longer than its grace."""
    evidence = Terminate(WEB, 10).judge(ContainerState(ContainerStatus.EXITED, exit_code=code), ())
    assert evidence.confirmed
    assert f"exited with code {code}" in evidence.observed
    assert ("did not end by itself in time" in evidence.observed) is had_to_be_killed
