import json
from dataclasses import asdict

import pytest

from stackproof.engine.port import Limits
from stackproof.faults.evidence.conversation import Conversation, End
from stackproof.faults.evidence.counters import MIB, Counters
from stackproof.faults.kinds.resources.oom import KIND, Oom
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.conversations import answered, wordless

SPEC = FaultSpec.parse("oom web")
USED = Counters(0, 0, 0, 0, 0, 0, memory_available_bytes=2**34)
KILLED = ContainerState(ContainerStatus.EXITED, exit_code=137, oom_killed=True)


class DyingEngine(FakeStack):
    """An engine whose service dies when so many bytes are asked for inside it."""

    def __init__(self, dies_at_bytes: int = 64 * MIB) -> None:
        super().__init__()
        self._dies_at_bytes = dies_at_bytes
        self.taken: list[int] = []
        self.said = [json.dumps(asdict(USED))]

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Take memory."""
        del timeout_s
        if command[0] == "cat":
            return "-5\n"
        size = int(command[3].removeprefix("bs="))
        self.taken.append(size)
        if size >= self._dies_at_bytes:
            self.states[service] = KILLED
            raise EngineError("killed")
        return ""


def test_the_service_is_killed_for_its_memory_and_started_again() -> None:
    """Its first process is the one to go, the engine does not bring it back before the heal, and then does."""
    engine = DyingEngine()
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.taken == [64 * MIB]
    assert engine.helped[-1][1][-1] == "1000"
    assert engine.held_down == {"web"}
    fault.heal(engine)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING
    assert engine.held_down == set()


def test_swap_is_used_up_too() -> None:
    """Where there is swap, a container may have as much again."""
    engine = DyingEngine(dies_at_bytes=128 * MIB)
    KIND.check(SPEC, engine.stack).inject(engine)
    assert engine.taken == [64 * MIB, 128 * MIB]


def test_a_service_without_a_limit_is_left_alone() -> None:
    """It would be the machine's memory that runs out."""

    class Unlimited(DyingEngine):
        def declared_limits(self, service: str) -> Limits:
            del service
            return Limits()

    engine = Unlimited()
    with pytest.raises(FaultError, match=r"expected a limit on the memory of 'web'.*\n.*add mem_limit"):
        KIND.check(SPEC, engine.stack).inject(engine)
    assert engine.taken == []


def test_a_machine_with_little_memory_is_left_alone() -> None:
    """Swap or not, twice the limit has to be there."""
    engine = DyingEngine()
    engine.said = [json.dumps({**asdict(USED), "memory_available_bytes": 100 * MIB})]
    with pytest.raises(FaultError, match="expected twice the 64 MiB"):
        KIND.check(SPEC, engine.stack).inject(engine)
    assert engine.taken == []


def test_a_service_that_lives_on_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was tried is said; healed, it is no more likely to be killed than it was declared to be."""
    monkeypatch.setattr("stackproof.faults.kinds.resources.oom._ENDED_WITHIN_S", 0.0)
    engine = DyingEngine(dies_at_bytes=2**40)
    fault = KIND.check(SPEC, engine.stack)
    with pytest.raises(FaultError, match="it lives on"):
        fault.inject(engine)
    fault.heal(engine)
    assert engine.helped[-1][1][-1] == "-5"


@pytest.mark.parametrize(
    ("state", "seen", "bit"),
    [
        (KILLED, (wordless(End.REFUSED),), True),
        # killed, but not for memory
        (ContainerState(ContainerStatus.EXITED, exit_code=137), (wordless(End.REFUSED),), False),
        # another process of it was
        (ContainerState(ContainerStatus.RUNNING, oom_killed=True), (wordless(End.OPEN),), False),
        (KILLED, (answered(),), False),
    ],
)
def test_it_bit_where_the_engine_says_why_and_no_port_answers(
    state: ContainerState, seen: tuple[Conversation, ...], *, bit: bool
) -> None:
    """A plain kill is no proof that memory ran out."""
    assert Oom(SPEC, small_stack().service("web")).judge(state, seen).confirmed is bit
