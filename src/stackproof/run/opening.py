"""Opens a run: its record, its watched stack, and the faults that are held over the whole run."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import inf

from stackproof.history import Header, History, now
from stackproof.model import StackDown, StackUp
from stackproof.run.boot import Boot, Report
from stackproof.run.declared_stack import DeclaredStack
from stackproof.run.folder import RunFolder
from stackproof.run.run import ReadyFault, Run
from stackproof.run.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run whose record is open and whose stack is coming up.

    Attributes:
        boot: The stack.
        folder: The run's folder.
        settings: The run's settings.
        declared: What the record's header says of the stack; the run uses the same.
        faults: Faults to hold over the whole run.
        history: The record; the caller that opened the run closes it.
    """

    boot: Boot
    folder: RunFolder
    settings: Settings
    declared: DeclaredStack
    faults: tuple[ReadyFault, ...]
    history: History

    @contextmanager
    def running(self, report: Report) -> Iterator[Run]:
        """The run, whose stack is up and watched while the block lasts.

        Args:
            report: Takes progress, line by line.

        Raises:
            StackproofError: The stack did not come up, or a fault could not be injected.
        """
        with ExitStack() as undo:
            running = self.boot.wait(report)
            objectives, spare = self.declared.objectives, self.boot.spare
            run = Run(self.settings, self.folder, running, objectives, self.history, spare=spare)
            undo.enter_context(running.watched(run.record_change))
            run.record(StackUp(*now(), self.declared.stack.name))
            undo.callback(lambda: run.record(StackDown(*now(), self.declared.stack.name)))
            for fault in self.faults:
                report(f"holding the fault: {fault.planned.fault}")
                undo.enter_context(run.hold(fault, longest_s=inf))  # the whole run is its bound
            yield run


def open_run(boot: Boot, folder: RunFolder, settings: Settings) -> OpenRun:
    """Read the declaration, check the faults of the settings against it, and open the record.

    Raises:
        DeclarationError: A declaration is wrong.
        FaultError: A fault is unknown or has no such target.
        HistoryError: The disk refuses the record.
    """
    declared = boot.declared
    faults = tuple(ReadyFault.of(fault, declared.stack) for fault in settings.faults)
    this = now()
    header = Header(
        run=folder.run,
        stack=declared.stack,
        objectives=declared.objectives,
        started=this.wall,
        started_s=this.at_s,
        profile=settings.profile,
    )
    return OpenRun(boot, folder, settings, declared, faults, History.create(folder.path, header))
