import pytest

from stackproof.engine.port import ContainerState
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.processes.freeze import KIND, Freeze
from stackproof.model import FaultSpec
from tests.unit.fakes import FakeEngine, small_stack
from tests.unit.faults.client_views import answered, unanswered

WEB = small_stack().service("web")


def test_the_service_is_frozen_and_thawed() -> None:
    """It is frozen while the fault holds; healing twice, or healing what runs, is fine."""
    engine = FakeEngine()
    fault = KIND.check(FaultSpec.parse("freeze web"), engine.stack)
    fault.inject(engine)
    assert engine.state("web").status == "paused"
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status == "running"


@pytest.mark.parametrize(
    ("status", "seen", "bit"),
    [
        ("paused", (unanswered(ConnectionEnd.OPEN, 1.0),), True),
        ("paused", (), True),
        ("running", (unanswered(ConnectionEnd.OPEN, 1.0),), False),
        ("paused", (answered(),), False),
    ],
)
def test_it_bit_where_the_engine_and_the_ports_agree(status: str, seen: tuple[ClientView, ...], *, bit: bool) -> None:
    """Bitten: the engine says that it is frozen and no port answers; not: either of them says otherwise."""
    assert Freeze(WEB).judge(ContainerState(status), seen).confirmed is bit
