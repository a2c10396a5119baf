"""The status of a running stack, as data that `stackproof status` shows."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.model import EngineError


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service: its name and its state."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """One link: the address at which this machine's traffic enters it, and what disturbs it."""

    link: str
    address: str
    disturbed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunStatus:
    """One run: its id, its stack file, its folder, its services and links."""

    run: str
    stack_file: str
    folder: str
    services: tuple[ServiceStatus, ...]
    links: tuple[LinkStatus, ...]


def status_of(running: RunningStack) -> RunStatus:
    """The present status of a running stack.

    Raises:
        EngineError: The engine does not answer.
    """
    stack = running.stack
    return RunStatus(
        run=running.run,
        stack_file=str(stack.file),
        folder=str(running.folder),
        services=tuple(ServiceStatus(each.name, running.state(each.name).word) for each in stack.standing),
        links=tuple(_links(running)),
    )


def _links(running: RunningStack) -> list[LinkStatus]:
    links = []
    for link in running.stack.links():
        try:
            control = running.link(link)
            disturbed = (*(["down"] if control.is_cut() else []), *map(str, control.effects()))
            links.append(LinkStatus(str(link), str(running.entry(link)), disturbed))
        except EngineError as error:
            links.append(LinkStatus(str(link), "", (error.message,)))
    return links
