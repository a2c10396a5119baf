"""Brings a run's stack up while whatever asked for it gets ready; whatever happens, nothing of it is left.

Imports only what a boot needs before the engine is at work: the rest is imported meanwhile.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from queue import SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, Any

from stackproof.engine.port import Declaration, StartOrder
from stackproof.model import EngineError
from stackproof.run.clock_turns import clock_turn
from stackproof.run.dead_runs import sweep_dead_runs
from stackproof.run.declared_stack import DeclaredStack, narrowed, with_objectives
from stackproof.run.folder import RunFolder
from stackproof.run.settings import Settings

if TYPE_CHECKING:
    from stackproof.engine.port import DeclarationReading, Engine, RunningStack
    from stackproof.workload import WorkerProcess

Report = Callable[[str], None]
_POLL_S = 0.05


def start(
    declaration: Declaration, folder: RunFolder, settings: Settings, engine: "Engine", report: Report
) -> "RunningStack":
    """Start a stack, on its run's clock.

    Raises:
        DeclarationError: A file cannot be compressed for a faster clock.
        EngineError: It did not come up; what was started of it is still there.
    """
    if settings.clock != 1:
        from stackproof.run.fast_clock import on_fast_clock  # noqa: PLC0415 - PromQL's grammar, for drills alone

        declaration = on_fast_clock(declaration, settings.clock, folder.path)
    return engine.start(StartOrder(declaration, folder.run, folder.path, settings.ports), report)


@contextmanager
def guarded(folder: RunFolder, engine: "Engine", report: Report) -> Iterator[None]:
    """See that nothing of a run is left after the block, not even after kill -9, nor of runs that died before.

    Raises:
        EngineError: No engine answers, or something could not be removed.
    """
    with ExitStack() as undo:
        undo.enter_context(folder.alive())
        sweep_dead_runs(engine, report)
        guard = engine.guard(folder.run, folder.path)
        undo.callback(guard.dismiss)
        undo.callback(engine.sweep, folder.run)
        guard.start()
        yield


class Boot:
    """A stack that comes up in a thread of its own; closing it abandons a stack that is not up yet.

    Args:
        folder: The run's folder.
        settings: What a person chose.
        engine: Runs the stack.
        reading: The resolution of the stack file, where it was begun before.
        spare: A process for the first load, where one was started before. The caller ends it.
    """

    def __init__(
        self,
        folder: RunFolder,
        settings: Settings,
        engine: "Engine",
        reading: "DeclarationReading | None" = None,
        spare: "WorkerProcess | None" = None,
    ) -> None:
        self.spare = spare
        self._folder = folder
        self._settings = settings
        self._engine = engine
        self._reports: SimpleQueue[str | None] = SimpleQueue()
        self._undo = ExitStack()
        self._is_leading = Event()
        self._abandoned = Event()
        self._pool = ThreadPoolExecutor(1, "boot")
        self._declaration = self._pool.submit(self._read, reading)
        self._running: Future[RunningStack] = self._pool.submit(self._start)

    @cached_property
    def declared(self) -> DeclaredStack:
        """What is declared of the stack; waits until it is read.

        Raises:
            DeclarationError: A declaration is wrong.
        """
        return with_objectives(self._declaration.result())

    def lead(self, within_s: float) -> None:
        """Wait until the engine is at work, so that two threads do not compete for one interpreter before.

        Args:
            within_s: How long to wait at most, in seconds: images may have to be built first.
        """
        self._is_leading.wait(within_s)

    def wait(self, report: Report) -> "RunningStack":
        """Wait until the stack runs.

        Args:
            report: Takes each line about what happens until then.

        Raises:
            StackproofError: It did not come up; nothing of it is left.
        """
        self._running.add_done_callback(lambda _running: self._reports.put(None))
        for line in iter(self._reports.get, None):
            report(line)
        return self._running.result()

    def close(self) -> None:
        """Take the stack down, at once where it is still coming up.

        Raises:
            EngineError: Something could not be removed.
        """
        self._abandoned.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        while self._is_at_work():
            self._engine.interrupt_starts()
            with suppress(EngineError):  # what is left when nothing comes up any more, the last sweep reports
                self._engine.sweep(self._folder.run)
        self._undo.close()

    def _read(self, reading: "DeclarationReading | None") -> Declaration:
        return narrowed(self._engine.read(self._settings.stack_file, reading), self._settings, self._engine)

    def _start(self) -> "RunningStack":
        try:
            declaration = self._declaration.result()
            self._undo.enter_context(clock_turn(self._settings.clock, self._report, self._abandoned))
            self._undo.enter_context(guarded(self._folder, self._engine, self._reports.put))
            return start(declaration, self._folder, self._settings, self._engine, self._report)
        except BaseException:
            self._undo.close()
            raise
        finally:
            self._is_leading.set()

    def _report(self, line: str) -> None:
        self._reports.put(line)
        self._is_leading.set()  # the first line says that services are started, or that images are built first

    def _is_at_work(self) -> bool:
        """Whether anything of the boot still goes on, after a short wait.

        A future that was cancelled before its turn is done, though ``wait`` would never return it as done.
        """
        steps: tuple[Future[Any], ...] = (self._declaration, self._running)
        wait([each for each in steps if not each.done()], _POLL_S)
        return not all(each.done() for each in steps)
