"""A run that has begun: its stack comes up while something else, such as pytest, is imported and gets ready."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackproof.run.boot import Boot
from stackproof.run.folder import RunFolder, create_folder
from stackproof.run.settings import Settings
from stackproof.workload import WorkerProcess

if TYPE_CHECKING:
    from stackproof.engine.port import DeclarationReading, Engine

_LEAD_S = 2.0


@dataclass(frozen=True, slots=True)
class BegunRun:
    """A run whose stack is coming up.

    Attributes:
        settings: The run's settings.
        folder: The run's folder.
        boot: The stack, coming up.
    """

    settings: Settings
    folder: RunFolder
    boot: Boot

    @classmethod
    def of(
        cls,
        settings: Settings,
        engine: "Engine",
        reading: "DeclarationReading | None" = None,
        spare: WorkerProcess | None = None,
    ) -> "BegunRun":
        """Make the run's folder, and start to bring the stack up; the caller closes the boot.

        Args:
            settings: The run's settings.
            engine: Runs the stack.
            reading: The resolution of the stack file, if it was begun before.
            spare: A process for the first load.

        Raises:
            StackproofError: The disk refuses the run's folder.
        """
        folder = create_folder(settings.reports, settings.suite)
        return cls(settings, folder, Boot(folder, settings, engine, reading, spare))


@contextmanager
def begun(
    settings: Settings, engine: "Engine", reading: "DeclarationReading", spare: WorkerProcess
) -> Iterator[BegunRun]:
    """Begin a run; nothing of it is left after the block.

    Args:
        settings: The run's settings.
        engine: Runs the stack.
        reading: The resolution of the stack file.
        spare: A process for its first load.

    Raises:
        StackproofError: No engine answers, or the disk refuses the run's folder.
    """
    engine.connect()  # its client is imported here, and not by two threads at once
    run = BegunRun.of(settings, engine, reading, spare)
    try:
        engine.preload()  # while the boot waits for the engine
        run.boot.lead(_LEAD_S)
        yield run
    finally:
        run.boot.close()
