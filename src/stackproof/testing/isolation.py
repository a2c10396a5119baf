"""Which container reaches which: every port of every service, tried from inside each network namespace."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pydantic import TypeAdapter

from stackproof.engine.docker.compose.ground import API_PORT, CONTROL, Reach
from stackproof.engine.port import Place, Side
from stackproof.judge import breaches, may_reach
from stackproof.model import Attempt, Link, Reached
from stackproof.report.attachments import attach_text
from stackproof.report.reach_table import reach_table
from stackproof.run.run import Run

_PROGRAM = ("python3", "/opt/stackproof/reach.py")
_DECLARED_S = 30  # bounds a hang: a declared port answers at once
_UNDECLARED_S = 2  # between containers of one machine, a packet that is not dropped is answered within a millisecond
_HELPER_S = 120.0
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Door:
    """A port to try.

    Attributes:
        link: Its network, service and port; they need not be declared.
        host: The address to connect to.
    """

    link: Link
    host: str


@dataclass(frozen=True, slots=True)
class InsideView:
    """What one network namespace sees.

    Attributes:
        answers: The result of each attempt, in the order of the doors.
        listens: TCP ports that are open to other containers.
        gateways: Addresses through which its routes lead out of its own networks.
    """

    answers: tuple[Reached, ...]
    listens: frozenset[int]
    gateways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ControlNetwork:
    """The network over which stackproof controls its proxies.

    Attributes:
        name: Its name, as ``engine.networks()`` has it.
        api_port: The port of each proxy's control API.
        is_internal: True where this machine reaches containers at their own addresses, so that no port is published.
        doors: Every port that a proxy opens on it.
    """

    name: str
    api_port: int
    is_internal: bool
    doors: tuple[Door, ...]


_VIEW = TypeAdapter(InsideView)


def control_network(run: Run) -> ControlNetwork:
    """The network over which stackproof controls the proxies of this run."""
    doors = {
        Door(Link(CONTROL, service, port), gate.host)
        for service, listeners in run.engine.standing.listeners.items()
        for gate in listeners
        if not gate.name.startswith("link.")
        for port in (gate.port, API_PORT)
    }
    ordered = tuple(sorted(doors, key=lambda door: door.link))
    return ControlNetwork(CONTROL, API_PORT, run.engine.standing.reach is Reach.BRIDGE, ordered)


def doors_of(run: Run) -> tuple[Door, ...]:
    """Every address of each service and of its proxy, with every port that any service has, and the control network."""
    control = control_network(run)
    ports = sorted({port for service in run.stack.standing for port in service.ports} | {control.api_port})
    addresses = {service.name: run.engine.addresses(service.name) for service in run.stack.standing}
    return (
        *(
            Door(Link(address.network, service, port), address.host)
            for service, places in addresses.items()
            for address in places
            for port in ports
        ),
        *control.doors,
    )


def knock(run: Run, source: str, doors: Sequence[Door], side: Side = Side.SERVICE) -> InsideView:
    """Try doors from the network namespace of a service, or of its proxy.

    Raises:
        EngineError: The helper container failed.
    """
    targets = [
        f"{door.host}:{door.link.port}:{_DECLARED_S if may_reach(run.stack, source, door.link) else _UNDECLARED_S}"
        for door in doors
    ]
    return _VIEW.validate_json(run.engine.run_helper(Place(source, side), (*_PROGRAM, *targets), _HELPER_S))


def knock_from_everywhere(run: Run, doors: Sequence[Door]) -> Mapping[str, InsideView]:
    """Try doors from every service that stands; the views by service name.

    Raises:
        EngineError: A helper container failed.
    """
    sources = [service.name for service in run.stack.standing]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(sources, pool.map(lambda source: knock(run, source, doors), sources), strict=True))


def attempts_at(source: str, doors: Sequence[Door], view: InsideView) -> tuple[Attempt, ...]:
    """The attempts behind a view, door by door."""
    return tuple(
        Attempt(source, door.link, door.host, reached) for door, reached in zip(doors, view.answers, strict=True)
    )


def isolation_breaches(run: Run, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Where the attempts differ from the declaration, one sentence each; their table goes into the report."""
    attach_text(reach_table(run.stack, attempts), "who reaches whom")
    return breaches(run.stack, attempts)
