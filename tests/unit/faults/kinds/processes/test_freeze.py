import pytest

from stackproof.engine.port import ContainerState
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.processes.freeze import KIND, Freeze
from stackproof.model import FaultSpec
from tests.unit.fakes import FakeEngine, small_stack
from tests.unit.faults.client_views import answered, unanswered

WEB = small_stack().service("web")


def test_the_service_is_frozen_and_continues() -> None:
    """It is frozen while the fault is held; healing twice, or healing what runs, is fine."""
    engine = FakeEngine()
    fault = KIND.check(FaultSpec.parse("freeze web"), engine.stack)
    fault.inject(engine)
    assert engine.state("web").status == "paused"
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status == "running"


@pytest.mark.parametrize(
    ("status", "views", "confirmed"),
    [
        ("paused", (unanswered(ConnectionEnd.OPEN, 1.0),), True),
        ("paused", (), True),
        ("running", (unanswered(ConnectionEnd.OPEN, 1.0),), False),
        ("paused", (answered(),), False),
    ],
)
def test_it_is_confirmed_if_the_engine_and_the_ports_agree(
    status: str, views: tuple[ClientView, ...], *, confirmed: bool
) -> None:
    """Confirmed: the engine reports that it is frozen, and no port answers; not confirmed: one of them differs."""
    assert Freeze(WEB).judge(ContainerState(status), views).confirmed is confirmed
