"""What stands now, as data that `stackproof status` shows."""

from dataclasses import dataclass

from stackproof.engine.docker.engine import DockerEngine
from stackproof.model import EngineError


@dataclass(frozen=True, slots=True)
class ServicePicture:
    """One service: its name and the engine's word on it."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class LinkPicture:
    """One link: where loopback traffic enters it, and what disturbs it."""

    link: str
    address: str
    disturbed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One run: its id, its compose file, its folder, its services and links."""

    run: str
    stack_file: str
    folder: str
    services: tuple[ServicePicture, ...]
    links: tuple[LinkPicture, ...]


def picture(engine: DockerEngine) -> Picture:
    """Look at a standing run."""
    stack = engine.stack
    return Picture(
        run=engine.standing.run,
        stack_file=str(stack.file),
        folder=str(engine.standing.folder),
        services=tuple(ServicePicture(each.name, engine.state(each.name).word) for each in stack.standing),
        links=_links(engine),
    )


def _links(engine: DockerEngine) -> tuple[LinkPicture, ...]:
    pictures = []
    for link in engine.stack.links():
        try:
            control = engine.link(link)
            toxics = [f"{toxic.type} {dict(toxic.attributes)}" for toxic in control.toxics()]
            disturbed = (*(["down"] if control.is_cut() else []), *toxics)
            pictures.append(LinkPicture(str(link), str(engine.entry(link)), disturbed))
        except EngineError as error:
            pictures.append(LinkPicture(str(link), "", (error.message,)))
    return tuple(pictures)
