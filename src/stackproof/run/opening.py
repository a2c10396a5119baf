"""Opens a run: its record, its watched stack, and the faults that are held over the whole of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from math import inf

from stackproof.faults.injection import checked
from stackproof.history import Header, History
from stackproof.model import EventKind
from stackproof.run.boot import Boot, Report
from stackproof.run.declared_stack import DeclaredStack
from stackproof.run.folder import RunFolder
from stackproof.run.run import Run
from stackproof.run.settings import Settings


def open_history(folder: RunFolder, declared: DeclaredStack, settings: Settings) -> History:
    """Begin a run's record."""
    header = Header(
        run=folder.run,
        stack=declared.stack,
        objectives=declared.objectives,
        started=datetime.now(UTC),
        started_s=time.monotonic(),
        profile=settings.profile,
    )
    return History.create(folder.path, header)


@contextmanager
def open_run(
    boot: Boot, folder: RunFolder, history: Callable[[], History], settings: Settings, report: Report
) -> Iterator[Run]:
    """A run whose stack runs, and is watched, while the block lasts.

    Raises:
        StackproofError: The stack did not come up, or a fault that was to be held could not be injected.
    """
    declared = boot.declared
    for fault in settings.faults:
        checked(fault, declared.stack)
    record = history()
    with ExitStack() as undo:
        running = boot.wait(report)
        run = Run(settings, folder, running, declared.objectives, record)
        run.spare = boot.spare
        undo.enter_context(running.watched(run.note_change))
        run.note(EventKind.STACK_UP, declared.stack.name)
        undo.callback(run.note, EventKind.STACK_DOWN, declared.stack.name)
        for fault in settings.faults:
            report(f"holding the fault: {fault}")
            undo.enter_context(run.fault(fault, longest_s=inf))  # asked for over the whole run
        yield run
