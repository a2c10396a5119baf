"""What is declared of the stack that a run is about, promises included."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stackproof.engine.port import Capability, Declaration
from stackproof.model import Objective, Stack
from stackproof.run.settings import Settings

if TYPE_CHECKING:
    from stackproof.engine.port import DeclarationReading, Engine

_SLO_FOLDER = "slo"


@dataclass(frozen=True, slots=True)
class DeclaredStack:
    """A stack, with what is promised of it.

    Attributes:
        declaration: The stack's declaration.
        objectives: What is promised, from the folder ``slo`` beside the stack file.
    """

    declaration: Declaration
    objectives: tuple[Objective, ...]

    @property
    def stack(self) -> Stack:
        """The stack."""
        return self.declaration.stack


def narrowed(declaration: Declaration, settings: Settings, engine: "Engine") -> Declaration:
    """Leave out what a run without faults does not need: proxies that it does not name, and disks for volumes.

    Each is a container, which has to come up. All are kept where a fault is held, which may be aimed at any service,
    and where only a proxy leads to a service.

    Raises:
        DeclarationError: A proxy is wanted before a service that does not exist.
        EngineError: The engine does not answer.
    """
    if not settings.proxies or settings.faults:
        return declaration
    narrow = declaration.with_proxies_before(settings.proxies).without_small_disks()
    return declaration if engine.lacks(Capability.DIRECT_ADDRESSES) else narrow


def with_objectives(declaration: Declaration) -> DeclaredStack:
    """Read what is promised of a stack, too.

    Raises:
        DeclarationError: An objective is wrong.
    """
    from stackproof.declare.slo import read_objectives  # noqa: PLC0415 - imported while the stack comes up

    folder = declaration.stack.file.parent / _SLO_FOLDER
    return DeclaredStack(declaration, read_objectives(folder, declaration.stack) if folder.is_dir() else ())


def read_declared(stack_file: Path, engine: "Engine", reading: "DeclarationReading | None" = None) -> DeclaredStack:
    """Read a stack's declaration and its promises.

    Args:
        stack_file: The stack file.
        engine: Reads it.
        reading: Its resolution, where that was begun before.

    Raises:
        DeclarationError: One of them is wrong.
    """
    return with_objectives(engine.read(stack_file, reading))
