"""A run that begins before pytest does: its stack comes up while pytest is imported and collects."""

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
class HeadStart:
    """A run on its way.

    Attributes:
        settings: What a person chose.
        folder: The run's folder.
        boot: The stack, coming up.
    """

    settings: Settings
    folder: RunFolder
    boot: Boot


@contextmanager
def begun(
    settings: Settings, engine: "Engine", reading: "DeclarationReading", spare: WorkerProcess
) -> Iterator[HeadStart]:
    """Begin a run; nothing of it is left after the block.

    Args:
        settings: What a person chose.
        engine: Runs the stack.
        reading: The resolution of the stack file.
        spare: A process for its first load.

    Raises:
        StackproofError: No engine answers, or the disk refuses the run's folder.
    """
    folder = create_folder(settings.reports, settings.suite)
    engine.connect()  # its client is imported here, and not by two threads at once
    boot = Boot(folder, settings, engine, reading, spare)
    try:
        engine.preload()  # while the boot waits for the engine
        boot.lead(_LEAD_S)
        yield HeadStart(settings, folder, boot)
    finally:
        boot.close()
