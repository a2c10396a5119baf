"""What an engine is asked to start."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from stackproof.engine.port.declaration import Declaration


class PortPolicy(StrEnum):
    """Which ports of the host a stack opens: any free ones, or those that it declares."""

    DYNAMIC = "dynamic"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class StartOrder:
    """What is to be started.

    Attributes:
        declaration: The stack.
        run: The run's id: unique, and fit for names of containers.
        folder: The run's folder, which exists. What the engine writes there lets any process find the stack.
        ports: Which ports of the host are opened.
    """

    declaration: Declaration
    run: str
    folder: Path
    ports: PortPolicy = PortPolicy.DYNAMIC
