import pytest

from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.processes.freeze import KIND, Freeze
from stackproof.model import ContainerState, ContainerStatus, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.client_views import answered, unanswered

WEB = small_stack().service("web")


def test_the_service_is_frozen_and_continues() -> None:
    """It is frozen while the fault is held; healing twice, or healing what runs, is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("freeze web"), engine.stack)
    fault.inject(engine)
    assert engine.state("web").status is ContainerStatus.PAUSED
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


@pytest.mark.parametrize(
    ("status", "views", "confirmed"),
    [
        (ContainerStatus.PAUSED, (unanswered(ConnectionEnd.OPEN, 1.0),), True),
        (ContainerStatus.PAUSED, (), True),
        (ContainerStatus.RUNNING, (unanswered(ConnectionEnd.OPEN, 1.0),), False),
        (ContainerStatus.PAUSED, (answered(),), False),
    ],
)
def test_it_is_confirmed_if_the_engine_and_the_ports_agree(
    status: ContainerStatus, views: tuple[ClientView, ...], *, confirmed: bool
) -> None:
    """Confirmed: the engine reports that it is frozen, and no port answers; not confirmed: one of them differs."""
    assert Freeze(WEB).judge(ContainerState(status), views).confirmed is confirmed
