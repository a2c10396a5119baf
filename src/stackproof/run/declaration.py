"""What is declared of the stack that a run is about."""

from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.docker.compose.ground import Reach
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.compose.reader import read_compose, stack_of
from stackproof.engine.docker.compose.resolving import Resolving
from stackproof.engine.docker.reach import reach_of_engine
from stackproof.model import Objective, Stack
from stackproof.run.settings import Settings

_SLO_FOLDER = "slo"


@dataclass(frozen=True, slots=True)
class Composed:
    """What a stack is made of.

    Attributes:
        compose: Its resolved compose file.
        stack: The same, as a Stack.
    """

    compose: ComposeFile
    stack: Stack


@dataclass(frozen=True, slots=True)
class Declared(Composed):
    """All that is declared of a stack.

    Attributes:
        objectives: What is promised of it, from the folder ``slo`` beside the compose file.
    """

    objectives: tuple[Objective, ...]


def composed(stack_file: Path, resolving: Resolving | None = None) -> Composed:
    """Read a compose file.

    Args:
        stack_file: The compose file.
        resolving: Its resolution, where that was begun before.

    Raises:
        DeclarationError: It is wrong.
    """
    compose = read_compose(stack_file, resolving=resolving)
    return Composed(compose, stack_of(compose, stack_file))


def narrowed(made_of: Composed, settings: Settings) -> Composed:
    """Leave out what a run without faults has no use for: proxies that it does not name, and disks for volumes.

    Each is a container, which has to come up. All are there where a fault is held, which may be aimed at any service,
    and where nothing but a proxy leads to a service.

    Raises:
        DeclarationError: A proxy is wanted before a service that there is not.
        EngineError: The engine does not answer.
    """
    if not settings.proxies or settings.faults:
        return made_of
    stack = made_of.stack.with_proxies_before(settings.proxies)
    return made_of if reach_of_engine() is Reach.LOOPBACK else Composed(made_of.compose.without_capacities(), stack)


def with_promises(made_of: Composed, stack_file: Path) -> Declared:
    """Read what is promised of a stack, too.

    Raises:
        DeclarationError: A promise is wrong.
    """
    from stackproof.declare.slo import read_objectives  # noqa: PLC0415 - imported while the stack comes up

    slo = stack_file.parent / _SLO_FOLDER
    objectives = read_objectives(slo, made_of.stack) if slo.is_dir() else ()
    return Declared(made_of.compose, made_of.stack, objectives)


def declared(stack_file: Path) -> Declared:
    """Read a stack's declarations.

    Raises:
        DeclarationError: One of them is wrong.
    """
    return with_promises(composed(stack_file), stack_file)
