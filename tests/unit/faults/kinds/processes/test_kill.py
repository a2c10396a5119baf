import pytest

from stackproof.faults.evidence.conversation import Conversation, End
from stackproof.faults.kinds.processes.kill import KIND, Kill
from stackproof.model import ContainerState, ContainerStatus, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.conversations import answered, wordless

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
    assert Kill(WEB).judge(ContainerState(status), seen).confirmed is bit


def test_the_evidence_names_the_exit_code() -> None:
    """137 (128 + SIGKILL) tells a kill from an end of the service's own."""
    assert "exited with code 137" in Kill(WEB).judge(ContainerState(ContainerStatus.EXITED, exit_code=137), ()).observed
