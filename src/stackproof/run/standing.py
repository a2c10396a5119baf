"""A run on a standing stack: watched, with the faults that are held over the whole of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from math import inf

from stackproof.faults.catalogue import check
from stackproof.history import Header, History
from stackproof.model import EventKind
from stackproof.run.boot import Boot, Tell
from stackproof.run.declaration import Declared
from stackproof.run.folder import RunFolder
from stackproof.run.run import Run
from stackproof.run.settings import Settings


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


@contextmanager
def standing_run(
    boot: Boot, folder: RunFolder, history: Callable[[], History], settings: Settings, tell: Tell
) -> Iterator[Run]:
    """A run whose stack stands while the block lasts, and which is watched.

    Raises:
        StackproofError: The stack did not come up, or a fault that was to be held could not be injected.
    """
    declaration = boot.declaration
    for fault in settings.faults:
        check(fault, declaration.stack)
    record = history()
    with ExitStack() as undo:
        engine = boot.engine(tell)
        run = Run(settings, folder, engine, declaration.objectives, record)
        run.spare = boot.spare
        undo.enter_context(engine.watched(run.note_change))
        run.note(EventKind.STACK_UP, declaration.stack.name)
        undo.callback(run.note, EventKind.STACK_DOWN, declaration.stack.name)
        for fault in settings.faults:
            tell(f"holding the fault: {fault}")
            undo.enter_context(run.fault(fault, longest_s=inf))  # asked for over the whole run
        yield run
