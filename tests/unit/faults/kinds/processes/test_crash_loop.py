from threading import Event

import pytest

from stackproof.faults.kinds.processes.crash_loop import KIND, CrashLoop, comebacks
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("crash_loop web every_ms=100")
WEB = small_stack().service("web")
WITHIN_S = 30.0


class CountingEngine(FakeStack):
    """An engine that signals when a service was killed three times, and may then refuse once to start it."""

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
        """Start, or refuse once."""
        if self.refuses and self.killed_thrice.is_set() and not self.refused.is_set():
            self.refused.set()
            raise EngineError("the fake refuses to start")
        super().start(service)


def test_the_service_is_killed_again_and_again_until_it_is_healed() -> None:
    """It is killed at once and after each start; after the heal it runs and is not killed; healing twice is fine."""
    engine = CountingEngine()
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.killed_thrice.wait(WITHIN_S)
    fault.heal(engine)
    kills = len(engine.signals)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING
    assert len(engine.signals) == kills


def test_another_process_only_has_to_start_it() -> None:
    """If nothing acts in this process, healing starts the service."""
    engine = FakeStack()
    engine.kill("web")
    KIND.check(SPEC, engine.stack).heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


def test_a_service_that_ends_by_itself_is_no_error() -> None:
    """It may already have ended when it is to be killed."""
    engine = FakeStack()
    engine.kill("web")
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


def test_an_error_in_the_background_is_raised_by_the_heal_and_the_service_runs() -> None:
    """It is not lost, and does not prevent the heal."""
    engine = CountingEngine(refuses=True)
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.refused.wait(WITHIN_S)
    with pytest.raises(FaultError, match="it stopped early: the fake refuses to start"):
        fault.heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING
    fault.heal(engine)


def run(start: str) -> ContainerState:
    """A container that was started then and runs."""
    return ContainerState(ContainerStatus.RUNNING, started_at=start)


def end(start: str) -> ContainerState:
    """A container that was started then and has ended."""
    return ContainerState(ContainerStatus.EXITED, exit_code=137, started_at=start)


@pytest.mark.parametrize(
    ("states", "count"),
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
def test_a_comeback_is_an_end_and_a_new_start(states: tuple[ContainerState, ...], count: int) -> None:
    """Down, then up with another start; neither a new start alone, nor an end alone."""
    assert comebacks(states) == count
    assert CrashLoop(SPEC, WEB, 100).judge(states, 1.0).confirmed is (count >= 2)


def test_the_evidence_has_units() -> None:
    """It says how often the service came back, and in how much time."""
    assert CrashLoop(SPEC, WEB, 100).judge((run("1"), end("1"), run("2")), 3.25).observed == (
        "in 3.2 s the engine reported 1 times that it was down and then started again; at the end it reported running"
    )


@pytest.mark.parametrize("every_ms", ["99", "30001"])
def test_a_time_out_of_bounds_is_refused(every_ms: str) -> None:
    """Shorter than an engine can manage, or longer than the evidence can wait."""
    with pytest.raises(FaultError, match="expected every_ms to be a whole number of milliseconds from 100 to 30000"):
        KIND.check(FaultSpec.parse(f"crash_loop web every_ms={every_ms}"), small_stack())
