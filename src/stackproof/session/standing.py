"""Brings a run's stack up, and takes it down whatever happens in between."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stackproof.declare import read_compose, stack_of
from stackproof.declare.slo import read_objectives
from stackproof.engine.docker_engine import DockerEngine
from stackproof.engine.launch import Order, launch
from stackproof.engine.sentinel import Sentinel
from stackproof.engine.sweep import sweep
from stackproof.faults.catalogue import check
from stackproof.history import Header, History
from stackproof.model import EventKind, Objective, Stack
from stackproof.model.compose import ComposeFile
from stackproof.session.folder import RunFolder
from stackproof.session.images import images_for
from stackproof.session.leftovers import sweep_dead_runs
from stackproof.session.run import Run
from stackproof.session.settings import Settings

Tell = Callable[[str], None]
_SLO_FOLDER = "slo"


@dataclass(frozen=True, slots=True)
class Declared:
    """All that is declared of a stack.

    Attributes:
        compose: Its resolved compose file.
        stack: The same, as a Stack.
        objectives: What is promised of it, from the folder ``slo`` beside the compose file.
    """

    compose: ComposeFile
    stack: Stack
    objectives: tuple[Objective, ...]


def declared(stack_file: Path) -> Declared:
    """Read a stack's declarations.

    Raises:
        DeclarationError: One of them is wrong.
    """
    compose = read_compose(stack_file)
    stack = stack_of(compose, stack_file)
    slo = stack_file.parent / _SLO_FOLDER
    return Declared(compose, stack, read_objectives(slo, stack) if slo.is_dir() else ())


def open_history(folder: RunFolder, declaration: Declared, settings: Settings) -> History:
    """Begin a run's record."""
    header = Header(
        run=folder.run,
        stack=declaration.stack,
        objectives=declaration.objectives,
        started=datetime.now(UTC),
        started_s=time.monotonic(),
        profile=settings.profile,
    )
    return History.create(folder.path, header)


def start(declaration: Declared, folder: RunFolder, settings: Settings, tell: Tell) -> DockerEngine:
    """Make what images are missing, and start the stack with proxies in it.

    Raises:
        EngineError: It did not come up; what was started of it is still there.
    """
    images = images_for(declaration.compose, settings.stack_file, tell)
    tell(f"starting {len(declaration.stack.standing)} services and their proxies")
    standing = launch(
        Order(
            compose=declaration.compose,
            stack=declaration.stack,
            run=folder.run,
            folder=folder.path,
            proxy_image=images.proxy,
            images=images.services,
            ports=settings.ports,
        )
    )
    return DockerEngine(standing)


@contextmanager
def standing_run(
    declaration: Declared, folder: RunFolder, history: History, settings: Settings, tell: Tell
) -> Iterator[Run]:
    """A run whose stack stands while the block lasts, and of which nothing is left after it, even after kill -9.

    Raises:
        StackproofError: The stack did not come up, or a fault that was to be held could not be injected.
    """
    for fault in settings.faults:
        check(fault, declaration.stack)
    with ExitStack() as undo:
        undo.enter_context(folder.alive())
        sweep_dead_runs(tell)
        sentinel = Sentinel(folder.run, folder.path)
        undo.callback(sentinel.dismiss)
        undo.callback(sweep, folder.run)
        sentinel.start()
        engine = start(declaration, folder, settings, tell)
        run = Run(settings, folder, engine, declaration.objectives, history)
        undo.enter_context(engine.watched(run.note_change))
        run.note(EventKind.STACK_UP, declaration.stack.name)
        undo.callback(run.note, EventKind.STACK_DOWN, declaration.stack.name)
        for fault in settings.faults:
            tell(f"holding the fault: {fault}")
            undo.enter_context(run.fault(fault))
        yield run
