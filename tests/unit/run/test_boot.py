"""A stack that comes up can be abandoned at any moment, and whatever stops it is told."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import cast

import pytest

from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.engine import DockerEngine
from stackproof.model import DeclarationError, EngineError
from stackproof.run import boot as boot_module
from stackproof.run.boot import Boot
from stackproof.run.declaration import Composed, Declared
from stackproof.run.folder import RunFolder
from stackproof.run.settings import Settings
from tests.unit.fake_runs import WITHIN_S
from tests.unit.fakes import FakeEngine, small_stack


def unheard(_line: str) -> None:
    """Nobody listens."""


ENGINE = cast("DockerEngine", FakeEngine())


class Machine:
    """What a boot does to a machine.

    Attributes:
        starts: What the start of the stack does.
        is_at_work: Set once the stack is being started.
        killed: Set once the engine's commands were ended.
        done: What was done, in order.
        sweep_error: What a sweep while the stack comes up raises.
    """

    def __init__(self) -> None:
        self.starts: Callable[[], DockerEngine] = lambda: ENGINE
        self.is_at_work = Event()
        self.killed = Event()
        self.done: list[str] = []
        self.sweep_error: EngineError | None = None

    def start(self, *arguments: object) -> DockerEngine:
        """Start a stack."""
        self.is_at_work.set()
        cast("Callable[[str], None]", arguments[-1])("starting")
        return self.starts()

    def until_killed(self) -> DockerEngine:
        """Come up for ever, unless a command of the engine is ended."""
        assert self.killed.wait(WITHIN_S)
        raise EngineError("compose was killed")

    def end_commands(self, _parent: int) -> None:
        """End the engine's commands."""
        self.killed.set()

    def sweep(self, run: str) -> None:
        """Remove all."""
        self.done.append(f"swept {run}")
        if self.sweep_error is not None:
            raise self.sweep_error

    @contextmanager
    def guarded(self, _folder: RunFolder, tell: Callable[[str], None]) -> Iterator[None]:
        """Ground for a run."""
        tell("guarded")
        self.done.append("guarded")
        try:
            yield
        finally:
            self.done.append("cleaned")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine on which nothing is done."""
    made = Machine()
    monkeypatch.setattr(
        boot_module, "composed", lambda *_asked: Composed(ComposeFile(name="small", services={}), small_stack())
    )
    monkeypatch.setattr(boot_module, "start", made.start)
    monkeypatch.setattr(boot_module, "guarded", made.guarded)
    monkeypatch.setattr(boot_module, "sweep", made.sweep)
    monkeypatch.setattr(boot_module, "end_engine_commands", made.end_commands)
    return made


@pytest.fixture
def begin(tmp_path: Path) -> Callable[[], Boot]:
    """Begins a boot."""
    return lambda: Boot(RunFolder("run", tmp_path), Settings(Path("compose.yaml")))


def test_a_stack_that_stands_is_taken_down_at_the_end(machine: Machine, begin: Callable[[], Boot]) -> None:
    """What happened until it stood is told, and its ground is cleaned once."""
    boot, told = begin(), list[str]()
    assert boot.engine(told.append) is ENGINE
    assert told == ["guarded", "starting"]
    assert machine.done == ["guarded"]
    boot.close()
    assert machine.done == ["guarded", "cleaned"]
    boot.close()
    assert machine.done == ["guarded", "cleaned"]


@pytest.mark.parametrize("error", [EngineError("no"), RuntimeError("a bug"), TimeoutError("the lock is held")])
def test_whatever_stops_it_is_told_and_nothing_is_left(
    machine: Machine, begin: Callable[[], Boot], error: Exception
) -> None:
    """A time-out in coming up is an error like others: nobody takes it for not being up yet, and waits for ever."""

    def fail() -> DockerEngine:
        raise error

    machine.starts = fail
    boot = begin()
    with pytest.raises(type(error), match=str(error)):
        boot.engine(unheard)
    assert machine.done == ["guarded", "cleaned"]
    boot.close()
    assert machine.done == ["guarded", "cleaned"]


def test_a_wrong_declaration_is_told_and_nothing_is_begun(
    machine: Machine, begin: Callable[[], Boot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for the declaration or for the stack is told what is wrong with it."""

    def wrong(*_asked: object) -> Composed:
        raise DeclarationError("no such service")

    monkeypatch.setattr(boot_module, "composed", wrong)
    boot = begin()
    with pytest.raises(DeclarationError, match="no such service"):
        _ = boot.declaration
    with pytest.raises(DeclarationError, match="no such service"):
        boot.engine(unheard)
    boot.close()
    assert machine.done == []


def test_a_wrong_promise_is_told_and_nothing_is_left(
    machine: Machine, begin: Callable[[], Boot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promises are read while the stack comes up, which is abandoned where one is wrong."""

    def wrong(*_asked: object) -> Declared:
        raise DeclarationError("no such objective")

    monkeypatch.setattr(boot_module, "with_promises", wrong)
    machine.starts = machine.until_killed
    boot = begin()
    with pytest.raises(DeclarationError, match="no such objective"):
        _ = boot.declaration
    assert machine.is_at_work.wait(WITHIN_S)
    boot.close()
    assert machine.done[-1] == "cleaned"


def test_whoever_began_it_can_let_it_go_ahead(machine: Machine, begin: Callable[[], Boot]) -> None:
    """Until the engine is at work, and not until the stack stands."""
    machine.starts = machine.until_killed
    boot = begin()
    boot.lead(WITHIN_S)
    assert machine.is_at_work.is_set()
    boot.close()


def test_nobody_waits_for_one_that_cannot_go_ahead(
    machine: Machine, begin: Callable[[], Boot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong is told at once."""

    def wrong(*_asked: object) -> Composed:
        raise DeclarationError("no such service")

    monkeypatch.setattr(boot_module, "composed", wrong)
    boot, start_s = begin(), time.monotonic()
    boot.lead(WITHIN_S)
    assert time.monotonic() - start_s < WITHIN_S
    boot.close()
    assert machine.done == []


@pytest.mark.parametrize("sweep_error", [None, EngineError("no engine answers")])
def test_one_that_is_still_coming_up_is_abandoned(
    machine: Machine, begin: Callable[[], Boot], sweep_error: EngineError | None
) -> None:
    """The engine's commands are ended, so that it stops at once, though an engine that dies cannot be swept."""
    machine.starts, machine.sweep_error = machine.until_killed, sweep_error
    boot = begin()
    assert machine.is_at_work.wait(WITHIN_S)
    boot.close()
    assert machine.done[:2] == ["guarded", "swept run"]
    assert machine.done[-1] == "cleaned"
    with pytest.raises(EngineError, match="compose was killed"):
        boot.engine(unheard)


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Boot]:
    """Begins a boot on a quickened clock, on a machine on which no other one is under way."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lambda: Boot(RunFolder("run", tmp_path), Settings(Path("compose.yaml"), clock=60))


def test_a_second_run_on_a_quickened_clock_waits_for_its_turn(
    machine: Machine, quick: Callable[[], Boot], begin: Callable[[], Boot]
) -> None:
    """Two at once would spoil each other's times: it says that it waits, and stands when the first one is swept."""
    first, told = quick(), SimpleQueue[str]()
    first.engine(unheard)
    second = quick()
    with ThreadPoolExecutor(1) as pool:
        standing = pool.submit(second.engine, told.put)
        assert told.get(timeout=WITHIN_S).startswith("waiting for another run on a quickened clock")
        begin().engine(unheard)  # in true time nobody waits
        assert machine.done == ["guarded", "guarded"]
        assert not standing.done()
        first.close()
        assert standing.result(WITHIN_S) is ENGINE
    second.close()
    assert machine.done == ["guarded", "guarded", "cleaned", "guarded", "cleaned"]


@pytest.mark.usefixtures("machine")
def test_a_run_that_waits_for_its_turn_can_be_given_up(quick: Callable[[], Boot]) -> None:
    """Ctrl-C ends it at once, and the one that it waited for goes on."""
    first = quick()
    first.engine(unheard)
    second = quick()
    second.lead(WITHIN_S)
    second.close()
    with pytest.raises(EngineError, match="given up while it waited"):
        second.engine(unheard)
    first.close()


@pytest.mark.usefixtures("machine")
def test_a_run_that_was_killed_gives_its_turn_back(quick: Callable[[], Boot], tmp_path: Path) -> None:
    """Nobody waits for the dead."""
    holder = (
        "import tempfile, threading; from stackproof.run.clock_turns import turn\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\n"
        "with turn(60, print, threading.Event()): print('mine', flush=True); input()"
    )
    with subprocess.Popen((sys.executable, "-c", holder), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as dying:
        assert dying.stdout is not None
        assert dying.stdout.readline() == b"mine\n"
        waiting = quick()
        waiting.lead(WITHIN_S)
        dying.kill()
        waiting.engine(unheard)
    waiting.close()
