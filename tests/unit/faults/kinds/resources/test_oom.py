import json
from dataclasses import asdict

import pytest

from stackproof.engine.port import Limits
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.evidence.kernel_counters import MIB, KernelCounters
from stackproof.faults.kinds.resources.oom import KIND, Oom
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.client_views import answered, unanswered

SPEC = FaultSpec.parse("oom web")
USED = KernelCounters(0, 0, 0, 0, 0, 0, memory_available_bytes=2**34)
KILLED = ContainerState(ContainerStatus.EXITED, exit_code=137, oom_killed=True)


class DyingEngine(FakeStack):
    """An engine whose service ends when so many bytes are requested inside it."""

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
    """Its main process is the first to go; the engine restarts it only after the heal."""
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
    """With swap, a container may have as much again."""
    engine = DyingEngine(dies_at_bytes=128 * MIB)
    KIND.check(SPEC, engine.stack).inject(engine)
    assert engine.taken == [64 * MIB, 128 * MIB]


def test_a_service_without_a_limit_is_left_alone() -> None:
    """The memory that runs out would be the machine's."""

    class Unlimited(DyingEngine):
        def declared_limits(self, service: str) -> Limits:
            del service
            return Limits()

    engine = Unlimited()
    with pytest.raises(FaultError, match=r"expected a limit on the memory of 'web'.*\n.*add mem_limit"):
        KIND.check(SPEC, engine.stack).inject(engine)
    assert engine.taken == []


def test_a_machine_with_little_memory_is_left_alone() -> None:
    """With or without swap, twice the limit must be available."""
    engine = DyingEngine()
    engine.said = [json.dumps({**asdict(USED), "memory_available_bytes": 100 * MIB})]
    with pytest.raises(FaultError, match="expected twice the 64 MiB"):
        KIND.check(SPEC, engine.stack).inject(engine)
    assert engine.taken == []


def test_a_service_that_survives_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what was tried; after the heal it is no more likely to be killed than declared."""
    monkeypatch.setattr("stackproof.faults.kinds.resources.oom._ENDED_WITHIN_S", 0.0)
    engine = DyingEngine(dies_at_bytes=2**40)
    fault = KIND.check(SPEC, engine.stack)
    with pytest.raises(FaultError, match="it survived"):
        fault.inject(engine)
    fault.heal(engine)
    assert engine.helped[-1][1][-1] == "-5"


@pytest.mark.parametrize(
    ("state", "views", "confirmed"),
    [
        (KILLED, (unanswered(ConnectionEnd.REFUSED),), True),
        (
            ContainerState(ContainerStatus.EXITED, exit_code=137),
            (unanswered(ConnectionEnd.REFUSED),),
            False,
        ),  # killed, but not for memory
        (
            ContainerState(ContainerStatus.RUNNING, oom_killed=True),
            (unanswered(ConnectionEnd.OPEN),),
            False,
        ),  # only another process of it was
        (KILLED, (answered(),), False),
    ],
)
def test_it_is_confirmed_if_the_engine_reports_why_and_no_port_answers(
    state: ContainerState, views: tuple[ClientView, ...], *, confirmed: bool
) -> None:
    """A plain kill is no proof that memory ran out."""
    assert Oom(SPEC, small_stack().service("web")).judge(state, views).confirmed is confirmed
