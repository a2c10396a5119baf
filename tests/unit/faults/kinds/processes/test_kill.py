import pytest

from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.processes.kill import KIND, Kill
from stackproof.model import ContainerState, ContainerStatus, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.client_views import answered, unanswered

WEB = small_stack().service("web")


def test_the_service_is_killed_and_started_again() -> None:
    """SIGKILL ends it; the heal starts it; healing twice, or healing what runs, is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("kill web"), engine.stack)
    fault.inject(engine)
    assert engine.signals == ["web SIGKILL"]
    assert fault.evidence(engine).confirmed
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


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
    assert Kill(WEB).judge(ContainerState(status), views).confirmed is confirmed


def test_the_evidence_names_the_exit_code() -> None:
    """137 (128 + SIGKILL) distinguishes a kill from an end of the service's own."""
    assert "exited with code 137" in Kill(WEB).judge(ContainerState(ContainerStatus.EXITED, exit_code=137), ()).observed
