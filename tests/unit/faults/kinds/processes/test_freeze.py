import pytest

from stackproof.faults.evidence.conversation import Conversation, End
from stackproof.faults.kinds.processes.freeze import KIND, Freeze
from stackproof.model import ContainerState, ContainerStatus, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.conversations import answered, wordless

WEB = small_stack().service("web")


def test_the_service_is_frozen_and_thawed() -> None:
    """It is frozen while the fault holds; healing twice, or healing what runs, is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("freeze web"), engine.stack)
    fault.inject(engine)
    assert engine.state("web").status is ContainerStatus.PAUSED
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


@pytest.mark.parametrize(
    ("status", "seen", "bit"),
    [
        (ContainerStatus.PAUSED, (wordless(End.OPEN, 1.0),), True),
        (ContainerStatus.PAUSED, (), True),
        (ContainerStatus.RUNNING, (wordless(End.OPEN, 1.0),), False),
        (ContainerStatus.PAUSED, (answered(),), False),
    ],
)
def test_it_bit_where_the_engine_and_the_ports_agree(
    status: ContainerStatus, seen: tuple[Conversation, ...], *, bit: bool
) -> None:
    """Bitten: the engine says that it is frozen and no port answers; not: either of them says otherwise."""
    assert Freeze(WEB).judge(ContainerState(status), seen).confirmed is bit
