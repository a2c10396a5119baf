"""Role *life*: reading declarations, starting stacks, finding those that run, and removing what runs leave."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from stackproof.engine.port.capabilities import Capable
from stackproof.engine.port.declaration import Declaration
from stackproof.engine.port.images import Images
from stackproof.engine.port.leftovers import Leftovers
from stackproof.engine.port.order import StartOrder
from stackproof.engine.port.running_stack import RunningStack
from stackproof.engine.port.tools import Toolbox

Report = Callable[[str], None]
"""Takes a line about what is being done."""


class DeclarationReading(Protocol):
    """A declaration that is being resolved, in a process that nobody has to wait for yet."""

    @property
    def is_sound(self) -> bool:
        """True where the declaration could be resolved. Waits for that.

        Raises:
            DeclarationError: The resolution did not end in time.
        """

    def close(self) -> None:
        """Stop it where it has not ended."""


class Guard(Protocol):
    """A process that outlives the harness, and acts once the harness has ended without dismissing it."""

    def start(self) -> None:
        """Start it. It guards from the moment that this returns."""

    def dismiss(self) -> None:
        """End it without letting it act. Does nothing where it was not started or has ended."""


class Engine(Capable, Images, Protocol):
    """What starts stacks, finds them and removes them.

    Every call raises EngineError where the engine does not answer.
    """

    @property
    def file_names(self) -> tuple[str, ...]:
        """Usual names of a stack file, the first that is there counts."""

    @property
    def toolbox(self) -> Toolbox:
        """Our tools image."""

    def connect(self) -> None:
        """Connect to the engine now, so that two threads do not later; every other call does it where it has to."""

    def preload(self) -> None:
        """Import what a start needs, for a thread that has nothing else to do."""

    def begin_reading(self, file: Path) -> DeclarationReading:
        """Begin to resolve a declaration; cheap enough to be the first thing that a command does."""

    def read(self, file: Path, reading: DeclarationReading | None = None) -> Declaration:
        """Read a declaration.

        Args:
            file: The file.
            reading: Its resolution, where it was begun before.

        Raises:
            DeclarationError: It is missing or wrong; the error names file and line.
        """

    def start(self, order: StartOrder, report: Report) -> RunningStack:
        """Build the images that are missing, start the stack with a proxy before each interposed service, and wait
        until every service is healthy.

        Raises:
            DeclarationError: The declaration cannot be started as it is.
            EngineError: It did not come up, and why. What was started of it is left to be looked at and swept.
        """  # noqa: D205 - one sentence

    def interrupt_starts(self) -> None:
        """End what this process has started in order to start stacks and still waits for; its ``start`` then fails."""

    def find(self, folder: Path) -> RunningStack:
        """The running stack whose run has this folder.

        Raises:
            EngineError: The folder has no record of one, or a broken one.
        """

    def runs(self) -> Mapping[str, Path]:
        """The folder of every run that has something in the engine, by the run's id."""

    def leftovers(self, run: str | None) -> Leftovers:
        """What the engine has of a run, or of every run where None is given."""

    def sweep(self, run: str | None, deadline_s: float = 60.0) -> Leftovers:
        """Remove whatever the engine has of a run, or of every run where None is given; return what was removed.

        Args:
            run: The run, or None.
            deadline_s: How long it may take, in seconds.

        Raises:
            EngineError: Something could not be removed in time.
        """

    def guard(self, run: str, folder: Path, instead: tuple[str, ...] = ()) -> Guard:
        """A guard that sweeps a run once the harness is gone.

        Args:
            run: The run.
            folder: Its folder, which takes the guard's log.
            instead: A command that it runs in place of the sweep.
        """

    def remove_images(self) -> tuple[str, ...]:
        """Remove every image that stackproof built and that no container uses; return their names."""
