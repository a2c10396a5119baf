import pytest

from stackproof.engine.port import ContainerState
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.processes.kill import KIND, Kill
from stackproof.model import FaultSpec
from tests.unit.fakes import FakeEngine, small_stack
from tests.unit.faults.client_views import answered, unanswered

WEB = small_stack().service("web")


def test_the_service_is_killed_and_started_again() -> None:
    """SIGKILL ends it; the heal starts it; healing twice, or healing what runs, is fine."""
    engine = FakeEngine()
    fault = KIND.check(FaultSpec.parse("kill web"), engine.stack)
    fault.inject(engine)
    assert engine.signals == ["web SIGKILL"]
    assert fault.evidence(engine).confirmed
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status == "running"


@pytest.mark.parametrize(
    ("status", "views", "confirmed"),
    [
        ("exited", (unanswered(ConnectionEnd.REFUSED),), True),
        ("exited", (), True),
        ("running", (unanswered(ConnectionEnd.REFUSED),), False),
        ("exited", (unanswered(ConnectionEnd.REFUSED), answered()), False),
        ("paused", (unanswered(ConnectionEnd.OPEN),), False),
    ],
)
def test_it_is_confirmed_if_the_engine_and_the_ports_agree(
    status: str, views: tuple[ClientView, ...], *, confirmed: bool
) -> None:
    """Confirmed: the engine reports that it ended, and no port answers; not confirmed: one of them differs."""
    assert Kill(WEB).judge(ContainerState(status), views).confirmed is confirmed


def test_the_evidence_names_the_exit_code() -> None:
    """137 (128 + SIGKILL) distinguishes a kill from an end of the service's own."""
    assert "exited with code 137" in Kill(WEB).judge(ContainerState("exited", exit_code=137), ()).observed
