from threading import Event

import pytest

from stackproof.faults.kinds.processes.crash_loop import KIND, CrashLoop, comebacks
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("crash_loop web every_ms=100")
WEB = small_stack().service("web")
WITHIN_S = 30.0


class CountingEngine(FakeStack):
    """An engine that says when a service was killed a few times, and may then refuse to start it."""

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__()
        self.killed_thrice = Event()
        self.refused = Event()
        self.refuses = refuses

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Kill, and count."""
        super().kill(service, signal)
        if len(self.signals) >= 3:
            self.killed_thrice.set()

    def start(self, service: str) -> None:
        """Start, unless it shall be refused once."""
        if self.refuses and self.killed_thrice.is_set() and not self.refused.is_set():
            self.refused.set()
            raise EngineError("the fake refuses to start")
        super().start(service)


def test_the_service_is_killed_again_and_again_until_it_is_healed() -> None:
    """It is killed at once and after each start; healed, it runs and is left alone; healing twice is fine."""
    engine = CountingEngine()
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.killed_thrice.wait(WITHIN_S)
    fault.heal(engine)
    kills = len(engine.signals)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING
    assert len(engine.signals) == kills


def test_another_process_only_starts_it() -> None:
    """Where nothing acts in this process, healing puts the service right."""
    engine = FakeStack()
    engine.kill("web")
    KIND.check(SPEC, engine.stack).heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


def test_a_service_that_dies_by_itself_is_no_error() -> None:
    """It may be down already when its time has come."""
    engine = FakeStack()
    engine.kill("web")
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


def test_an_engine_that_refuses_is_told_by_the_heal_and_the_service_runs() -> None:
    """An error in the background is not lost, and does not keep the heal from its work."""
    engine = CountingEngine(refuses=True)
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.refused.wait(WITHIN_S)
    with pytest.raises(FaultError, match="it stopped early: the fake refuses to start"):
        fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING
    fault.heal(engine)


def run(start: str) -> ContainerState:
    """A container that runs since then."""
    return ContainerState(ContainerStatus.RUNNING, started_at=start)


def end(start: str) -> ContainerState:
    """A container that ended and was started then."""
    return ContainerState(ContainerStatus.EXITED, exit_code=137, started_at=start)


@pytest.mark.parametrize(
    ("seen", "count"),
    [
        ((run("1"), end("1"), run("2"), end("2"), run("3")), 2),
        ((end("1"), run("2"), end("2"), ContainerState(ContainerStatus.PAUSED, started_at="3")), 2),
        ((run("1"), run("2"), run("3")), 0),
        ((run("1"), end("1"), run("1"), end("1"), run("1")), 0),
        ((run("1"), end("1")), 0),
        ((ContainerState(ContainerStatus.ABSENT), run("1")), 0),
        ((run("1"),), 0),
    ],
)
def test_a_comeback_is_an_end_and_a_new_start(seen: tuple[ContainerState, ...], count: int) -> None:
    """Counted: down, then up under another start; not: a new start alone, or an end alone."""
    assert comebacks(seen) == count
    assert CrashLoop(SPEC, WEB, 100).judge(seen, 1.0).confirmed is (count >= 2)


def test_the_evidence_is_words_with_units() -> None:
    """It says how often it came back and in what time."""
    assert CrashLoop(SPEC, WEB, 100).judge((run("1"), end("1"), run("2")), 3.25).observed == (
        "in 3.2 s the engine said 1 times that it was down and then had a new start; last it said running"
    )


@pytest.mark.parametrize("every_ms", ["99", "30001"])
def test_a_life_out_of_bounds_is_refused(every_ms: str) -> None:
    """Shorter than an engine can do, or longer than evidence can wait for."""
    with pytest.raises(FaultError, match="expected every_ms to be a whole number of milliseconds from 100 to 30000"):
        KIND.check(FaultSpec.parse(f"crash_loop web every_ms={every_ms}"), small_stack())
