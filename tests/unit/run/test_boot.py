"""A stack that comes up can be abandoned at any moment, and whatever stops it is reported."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread

import pytest

from stackproof.engine.port import Declaration, DeclarationReading, Leftovers, Report, StartOrder
from stackproof.model import DeclarationError, EngineError
from stackproof.run import boot as boot_module
from stackproof.run.boot import Boot
from stackproof.run.declared_stack import DeclaredStack
from stackproof.run.folder import RunFolder
from stackproof.run.settings import Settings
from tests.unit.fake_engine import FakeEngine, FakeGuard
from tests.unit.fake_runs import WITHIN_S
from tests.unit.fakes import FakeStack, small_stack

FILE = small_stack().file


def ignored(_line: str) -> None:
    """Takes a line that no test needs."""


class SlowEngine(FakeEngine):
    """An engine whose starts a test controls.

    Attributes:
        starts: What the start of a stack does.
        is_at_work: Set once a stack is being started.
        interrupted: Set once starts were interrupted.
        sweep_error: What a sweep raises while the stack comes up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.starts: Callable[[], None] = lambda: None
        self.is_at_work = Event()
        self.interrupted = Event()
        self.sweep_error: EngineError | None = None

    def start(self, order: StartOrder, report: Report) -> FakeStack:
        """Start a stack."""
        self.is_at_work.set()
        report("starting")
        self.starts()
        return super().start(order, ignored)

    def until_interrupted(self) -> None:
        """Come up for ever, unless starts are interrupted."""
        assert self.interrupted.wait(WITHIN_S)
        raise EngineError("the start was interrupted")

    def interrupt_starts(self) -> None:
        """Interrupt them."""
        self.interrupted.set()

    def sweep(self, run: str | None, deadline_s: float = 60.0) -> Leftovers:
        """Remove everything."""
        is_last = not self.is_guarded
        removed = super().sweep(run, deadline_s)
        if self.sweep_error is not None and not is_last:
            error, self.sweep_error = self.sweep_error, None
            raise error
        return removed

    def guard(self, run: str, folder: Path, instead: tuple[str, ...] = ()) -> FakeGuard:
        """A guard that only remembers."""
        self.done.append("guarded")
        return super().guard(run, folder, instead)

    @property
    def is_guarded(self) -> bool:
        """True while a guard is on."""
        return any(guard.is_on for guard in self.guards)


@pytest.fixture
def engine() -> SlowEngine:
    """An engine on which nothing runs."""
    return SlowEngine()


@pytest.fixture
def begin(tmp_path: Path, engine: SlowEngine) -> Callable[[], Boot]:
    """Begins a boot."""
    return lambda: Boot(RunFolder("run", tmp_path), Settings(FILE), engine)


def test_a_stack_that_runs_is_taken_down_at_the_end(engine: SlowEngine, begin: Callable[[], Boot]) -> None:
    """What happens until it runs is reported, and its run is swept once."""
    boot, reported = begin(), list[str]()
    assert boot.wait(reported.append) is engine.running["run"]
    assert reported == ["starting"]
    assert engine.done == ["guarded"]
    assert engine.is_guarded
    boot.close()
    assert engine.done == ["guarded", "swept run"]
    assert not engine.is_guarded
    boot.close()
    assert engine.done == ["guarded", "swept run"]


@pytest.mark.parametrize("error", [EngineError("no"), RuntimeError("a bug"), TimeoutError("the lock is held")])
def test_whatever_stops_it_is_raised_and_nothing_is_left(
    engine: SlowEngine, begin: Callable[[], Boot], error: Exception
) -> None:
    """A time-out in coming up is an error like others: it is not taken for a stack that is not up yet."""

    def fail() -> None:
        raise error

    engine.starts = fail
    boot = begin()
    with pytest.raises(type(error), match=str(error)):
        boot.wait(ignored)
    assert engine.done == ["guarded", "swept run"]
    assert not engine.is_guarded
    boot.close()
    assert engine.done == ["guarded", "swept run"]


def test_a_wrong_declaration_is_raised_and_nothing_is_begun(engine: SlowEngine, begin: Callable[[], Boot]) -> None:
    """The declaration and the stack both raise what is wrong with it."""
    engine.stacks.clear()
    boot = begin()
    with pytest.raises(DeclarationError, match="expected a stack file"):
        _ = boot.declared
    with pytest.raises(DeclarationError, match="expected a stack file"):
        boot.wait(ignored)
    boot.close()
    assert engine.done == []


def test_a_wrong_objective_is_raised_and_nothing_is_left(
    engine: SlowEngine, begin: Callable[[], Boot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objectives are read while the stack comes up, which is abandoned where one is wrong."""

    def wrong(_declaration: Declaration) -> DeclaredStack:
        raise DeclarationError("no such objective")

    monkeypatch.setattr(boot_module, "with_objectives", wrong)
    engine.starts = engine.until_interrupted
    boot = begin()
    with pytest.raises(DeclarationError, match="no such objective"):
        _ = boot.declared
    assert engine.is_at_work.wait(WITHIN_S)
    boot.close()
    assert engine.done[-1] == "swept run"
    assert not engine.is_guarded


def test_a_caller_can_let_it_lead(engine: SlowEngine, begin: Callable[[], Boot]) -> None:
    """It leads until the engine is at work, not until the stack runs."""
    engine.starts = engine.until_interrupted
    boot = begin()
    boot.lead(WITHIN_S)
    assert engine.is_at_work.is_set()
    boot.close()


def test_a_boot_that_cannot_begin_does_not_lead(engine: SlowEngine, begin: Callable[[], Boot]) -> None:
    """A wrong declaration ends the lead at once."""
    engine.stacks.clear()
    boot, start_s = begin(), time.monotonic()
    boot.lead(WITHIN_S)
    assert time.monotonic() - start_s < WITHIN_S
    boot.close()
    assert engine.done == []


@pytest.mark.parametrize("sweep_error", [None, EngineError("no engine answers")])
def test_a_stack_that_is_still_coming_up_is_abandoned(
    engine: SlowEngine, begin: Callable[[], Boot], sweep_error: EngineError | None
) -> None:
    """Its start is interrupted, so that it stops at once, though an engine that dies cannot be swept."""
    engine.starts, engine.sweep_error = engine.until_interrupted, sweep_error
    boot = begin()
    assert engine.is_at_work.wait(WITHIN_S)
    boot.close()
    assert engine.done[:2] == ["guarded", "swept run"]
    assert engine.done[-1] == "swept run"
    assert not engine.is_guarded
    with pytest.raises(EngineError, match="the start was interrupted"):
        boot.wait(ignored)


class DeadRuns(SlowEngine):
    """An engine that has something of a run whose process is dead."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def runs(self) -> dict[str, Path]:
        """The dead run."""
        return {"dead": self._folder}


def test_a_boot_that_is_closed_before_its_stack_was_begun_ends(
    engine: SlowEngine, begin: Callable[[], Boot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that runs no test closes its boot at once: nothing is waited for that will never begin."""
    reading, goes_on = Event(), Event()
    read = engine.read

    def read_slowly(file: Path, resolution: DeclarationReading | None = None) -> Declaration:
        reading.set()
        goes_on.wait(WITHIN_S)
        return read(file, resolution)

    monkeypatch.setattr(engine, "read", read_slowly)
    boot = begin()
    assert reading.wait(WITHIN_S)
    closing = Thread(target=boot.close, daemon=True)
    closing.start()
    assert engine.interrupted.wait(WITHIN_S)
    goes_on.set()
    closing.join(WITHIN_S)
    assert not closing.is_alive()
    assert not engine.running


def test_what_dead_runs_left_is_removed_first(tmp_path: Path) -> None:
    """A run begins on a machine without leftovers, and says what it removes."""
    dead = tmp_path / "dead"
    dead.mkdir()
    (dead / "alive.lock").touch()
    engine, reported = DeadRuns(dead), list[str]()
    boot = Boot(RunFolder("run", tmp_path), Settings(FILE), engine)
    boot.wait(reported.append)
    assert engine.done == ["swept dead", "guarded"]
    assert reported == ["removing what the dead run dead left", "starting"]
    boot.close()


@pytest.fixture
def fast(tmp_path: Path, engine: SlowEngine, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Boot]:
    """Begins a boot on a faster clock, on a machine on which no other one is under way."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("stackproof.run.fast_clock.on_fast_clock", lambda declaration, *_others: declaration)
    numbers = iter(range(9))

    def begin() -> Boot:
        folder = RunFolder(f"run{next(numbers)}", tmp_path / f"fast{next(numbers)}")
        folder.path.mkdir()
        return Boot(folder, Settings(FILE, clock=60), engine)

    return begin


def test_a_second_run_on_a_faster_clock_waits_for_its_turn(
    engine: SlowEngine, fast: Callable[[], Boot], begin: Callable[[], Boot]
) -> None:
    """Two at once would spoil each other's times: it says that it waits, and runs when the first one is swept."""
    first, reported = fast(), SimpleQueue[str]()
    first.wait(ignored)
    second = fast()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(second.wait, reported.put)
        assert reported.get(timeout=WITHIN_S).startswith("waiting for another run on a faster clock")
        begin().wait(ignored)  # in real time nothing waits
        assert engine.done == ["guarded", "guarded"]
        assert not running.done()
        first.close()
        assert running.result(WITHIN_S) is engine.running["run2"]
    second.close()
    assert engine.done == ["guarded", "guarded", "swept run0", "guarded", "swept run2"]


def test_a_run_that_waits_for_its_turn_can_be_abandoned(fast: Callable[[], Boot]) -> None:
    """Ctrl-C ends it at once, and the one that it waited for goes on."""
    first = fast()
    first.wait(ignored)
    second = fast()
    second.lead(WITHIN_S)
    second.close()
    with pytest.raises(EngineError, match="given up while it waited"):
        second.wait(ignored)
    first.close()


def test_a_run_that_was_killed_gives_its_turn_back(fast: Callable[[], Boot], tmp_path: Path) -> None:
    """Nothing waits for the dead."""
    holder = (
        "import tempfile, threading; from stackproof.run.clock_turns import clock_turn\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\n"
        "with clock_turn(60, print, threading.Event()): print('mine', flush=True); input()"
    )
    with subprocess.Popen((sys.executable, "-c", holder), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as dying:
        assert dying.stdout is not None
        assert dying.stdout.readline() == b"mine\n"
        waiting = fast()
        waiting.lead(WITHIN_S)
        dying.kill()
        waiting.wait(ignored)
    waiting.close()
