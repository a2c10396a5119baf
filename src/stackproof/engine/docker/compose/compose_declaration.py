"""A compose file as a declaration of the port, and back."""

from pathlib import Path
from typing import TYPE_CHECKING

from stackproof.engine.docker.compose.model import ComposeFile, ComposeService
from stackproof.engine.docker.compose.reader import read_compose, stack_of
from stackproof.engine.docker.compose.resolving import Resolving
from stackproof.engine.port.declaration import AlertingFile, Declaration

if TYPE_CHECKING:
    from stackproof.engine.port.life import DeclarationReading


def read(file: Path, reading: "DeclarationReading | None" = None) -> Declaration:
    """Read a compose file.

    Args:
        file: The compose file.
        reading: Its resolution by Compose, where it was begun before.

    Raises:
        DeclarationError: It is wrong; the error names file and line.
    """
    compose = read_compose(file, resolving=reading if isinstance(reading, Resolving) else None)
    return declaration_of(compose, file)


def declaration_of(compose: ComposeFile, file: Path) -> Declaration:
    """What a resolved compose file declares.

    Raises:
        DeclarationError: A probe's URL is wrong.
    """
    alerting = tuple(
        AlertingFile(name, config.ours.role, Path(config.file) if config.file else None)
        for name, config in compose.configs.items()
        if config.ours.role is not None
    )
    return Declaration(stack_of(compose, file), compose, alerting)


def compose_of(declaration: Declaration) -> ComposeFile:
    """The compose file that is to be started: as it was read, with all that the declaration has different.

    Raises:
        TypeError: Another engine read the declaration.
    """
    if not isinstance(declaration.source, ComposeFile):
        raise TypeError(f"expected a declaration that this engine read, saw one from {type(declaration.source)}")
    compose = declaration.source if declaration.with_small_disks else declaration.source.without_capacities()
    paths = {each.name: each.path for each in declaration.alerting if each.path is not None}
    configs = {
        name: config.model_copy(update={"file": str(paths[name])}) if name in paths else config
        for name, config in compose.configs.items()
    }
    services = {name: _with_arguments(service, declaration) for name, service in compose.services.items()}
    return compose.model_copy(update={"configs": configs, "services": services})


def _with_arguments(service: ComposeService, declaration: Declaration) -> ComposeService:
    """A program may refuse to be given an argument twice, so an own one of the same name is left out."""
    used = {use.source for use in service.configs}
    added = [argument for file in declaration.arguments if file in used for argument in declaration.arguments[file]]
    if not added:
        return service
    names = {argument.partition("=")[0] for argument in added}
    kept = (each for each in service.command or () if each.partition("=")[0] not in names)
    return service.model_copy(update={"command": (*kept, *added)})
