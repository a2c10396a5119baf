"""Brings a run's stack up while whoever asked for it gets ready; nothing of it is left whatever happens.

Imports only what a boot needs before the engine is at work: the rest is imported meanwhile.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from queue import SimpleQueue
from threading import Event
from typing import TYPE_CHECKING

from stackproof.engine.docker.compose.resolving import Resolving
from stackproof.engine.docker.disks import attach_disks
from stackproof.engine.docker.sentinel import Sentinel, end_engine_commands
from stackproof.engine.docker.sweep import sweep
from stackproof.model import EngineError
from stackproof.run.clock_turns import turn
from stackproof.run.declaration import Composed, Declared, composed, narrowed, with_promises
from stackproof.run.folder import RunFolder
from stackproof.run.images import images_for
from stackproof.run.leftovers import sweep_dead_runs
from stackproof.run.settings import Settings

if TYPE_CHECKING:
    from stackproof.engine.docker.engine import DockerEngine
    from stackproof.workload import WorkerProcess

Tell = Callable[[str], None]
_POLL_S = 0.05


def start(made_of: Composed, folder: RunFolder, settings: Settings, tell: Tell) -> "DockerEngine":
    """Make what images are missing, and start the stack with proxies in it.

    Raises:
        EngineError: It did not come up; what was started of it is still there.
    """
    compose = made_of.compose
    with ThreadPoolExecutor(1, "disks") as pool:  # a container makes them, while images are looked for
        disks = pool.submit(attach_disks, folder.run, folder.path, compose, tell)
        if settings.clock != 1:
            from stackproof.run.fast_clock import quickened  # noqa: PLC0415 - PromQL's grammar is loaded by drills alone

            compose = quickened(compose, settings.clock, folder.path)
        images = images_for(compose, settings.stack_file, tell)
        from stackproof.engine.docker.launch import Order, launch  # noqa: PLC0415 - see the module's docstring

        order = Order(
            compose=compose,
            stack=made_of.stack,
            run=folder.run,
            folder=folder.path,
            proxy_image=images.proxy,
            images=images.services,
            ports=settings.ports,
            disks=disks,
        )
        standing = launch(order, lambda: tell(f"starting {len(made_of.stack.standing)} services and their proxies"))
    from stackproof.engine.docker.engine import DockerEngine  # noqa: PLC0415 - see the module's docstring

    return DockerEngine(standing)


@contextmanager
def guarded(folder: RunFolder, tell: Tell) -> Iterator[None]:
    """Ground for one run: nothing of it is left after the block, not even after kill -9, nor of runs that died before.

    Raises:
        EngineError: No engine answers, or something could not be removed.
    """
    with ExitStack() as undo:
        undo.enter_context(folder.alive())
        sweep_dead_runs(tell)
        sentinel = Sentinel(folder.run, folder.path)
        undo.callback(sentinel.dismiss)
        undo.callback(sweep, folder.run)
        sentinel.start()
        yield


class Boot:
    """A stack that comes up in a thread of its own; leaving the ``with`` block abandons one that is not up yet.

    Args:
        folder: The run's folder.
        settings: What a person chose.
        resolving: The resolution of the compose file, where it was begun before.
        spare: A process for the first load, where one was started before; whoever started it ends it.
    """

    def __init__(
        self,
        folder: RunFolder,
        settings: Settings,
        resolving: Resolving | None = None,
        spare: "WorkerProcess | None" = None,
    ) -> None:
        self.spare = spare
        self._folder = folder
        self._settings = settings
        self._told: SimpleQueue[str | None] = SimpleQueue()
        self._undo = ExitStack()
        self._under_way = Event()
        self._given_up = Event()
        self._pool = ThreadPoolExecutor(1, "boot")
        self._composed = self._pool.submit(self._compose, resolving)
        self._engine: Future[DockerEngine] = self._pool.submit(self._stand)

    @cached_property
    def declaration(self) -> Declared:
        """What is declared of the stack; waits until it is read.

        Raises:
            DeclarationError: A declaration is wrong.
        """
        return with_promises(self._composed.result(), self._settings.stack_file)

    def lead(self, within_s: float) -> None:
        """Wait until the engine is at work, so that two threads do not take turns at one interpreter before.

        Args:
            within_s: How long to wait at most, in seconds: images may have to be built first.
        """
        self._under_way.wait(within_s)

    def engine(self, tell: Tell) -> "DockerEngine":
        """The stack, once it stands; what happens until then is told.

        Raises:
            StackproofError: It did not come up; nothing of it is left.
        """
        self._engine.add_done_callback(lambda _engine: self._told.put(None))
        for line in iter(self._told.get, None):
            tell(line)
        return self._engine.result()

    def close(self) -> None:
        """Take the stack down, at once where it is still coming up.

        Raises:
            EngineError: Something could not be removed.
        """
        self._given_up.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        while self._is_at_work():
            end_engine_commands(os.getpid())
            with suppress(EngineError):  # what is left of it when nothing comes up any more, the last sweep tells
                sweep(self._folder.run)
        self._undo.close()

    def _compose(self, resolving: Resolving | None) -> Composed:
        return narrowed(composed(self._settings.stack_file, resolving), self._settings)

    def _stand(self) -> "DockerEngine":
        try:
            made_of = self._composed.result()
            self._undo.enter_context(turn(self._settings.clock, self._hear, self._given_up))
            self._undo.enter_context(guarded(self._folder, self._told.put))
            return start(made_of, self._folder, self._settings, self._hear)
        except BaseException:
            self._undo.close()
            raise
        finally:
            self._under_way.set()

    def _hear(self, line: str) -> None:
        self._told.put(line)
        self._under_way.set()  # the first word is that services are started, or else that images are built first

    def _is_at_work(self) -> bool:
        return any((wait([self._composed], _POLL_S).not_done, wait([self._engine], _POLL_S).not_done))
