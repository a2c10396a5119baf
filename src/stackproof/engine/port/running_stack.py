"""A running stack: all roles of the port, for one stack that an engine has started."""

from pathlib import Path
from typing import Protocol

from stackproof.engine.port.addresses import Addressing
from stackproof.engine.port.alterations import Alterations
from stackproof.engine.port.capabilities import Capable
from stackproof.engine.port.helpers import Helpers
from stackproof.engine.port.limits import Limiting
from stackproof.engine.port.links import Links
from stackproof.engine.port.names import Names
from stackproof.engine.port.processes import Processes
from stackproof.engine.port.watching import Watching
from stackproof.model.stack import Stack


class RunningStack(Capable, Watching, Addressing, Links, Processes, Helpers, Limiting, Alterations, Names, Protocol):
    """A stack that an engine has started and that has not been taken down."""

    @property
    def stack(self) -> Stack:
        """The stack as declared."""

    @property
    def run(self) -> str:
        """The run's id."""

    @property
    def folder(self) -> Path:
        """The run's folder."""
