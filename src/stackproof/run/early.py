"""A run that was begun before pytest was: its stack comes up while pytest is imported and collects."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from stackproof.engine.docker.client import connect
from stackproof.engine.docker.compose.resolving import Resolving
from stackproof.run.boot import Boot
from stackproof.run.folder import RunFolder, create_folder
from stackproof.run.settings import Settings
from stackproof.workload import WorkerProcess

_LEAD_S = 2.0


@dataclass(frozen=True, slots=True)
class Ahead:
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
def begun(settings: Settings, resolving: Resolving, spare: WorkerProcess) -> Iterator[Ahead]:
    """Begin a run; nothing of it is left after the block.

    Args:
        settings: What a person chose.
        resolving: The resolution of the compose file.
        spare: A process for its first load.

    Raises:
        StackproofError: No engine answers, or the disk refuses the run's folder.
    """
    folder = create_folder(settings.reports, settings.suite)
    connect()  # its client is imported here, and not by two threads at once
    boot = Boot(folder, settings, resolving, spare)
    try:
        import stackproof.engine.docker.launch  # noqa: F401, PLC0415 - while the boot waits for the engine's answers

        boot.lead(_LEAD_S)
        yield Ahead(settings, folder, boot)
    finally:
        boot.close()
