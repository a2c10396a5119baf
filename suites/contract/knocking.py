"""Every way from every container to every other, tried from inside its own network namespace."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pydantic import TypeAdapter

from stackproof.engine.port import ControlPurpose, Place, Side
from stackproof.judge import may_reach
from stackproof.model import Attempt, Link, Reached
from stackproof.run.run import Run

_PROGRAM = ("python3", "/opt/stackproof/reach.py")
_DECLARED_S = 30  # only bounds a hang: what is to be open answers at once
_UNDECLARED_S = 2  # on one machine a packet that is not dropped is answered within a millisecond
_HELPER_S = 120.0
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Door:
    """Somewhere to knock.

    Attributes:
        link: What it is called.
        host: Address.
    """

    link: Link
    host: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a container's network namespace showed.

    Attributes:
        answers: What came of each attempt, in the order of the doors.
        listens: TCP ports that something in it listens on for others.
        gateways: Addresses through which its routes lead out of its own networks.
    """

    answers: tuple[Reached, ...]
    listens: frozenset[int]
    gateways: tuple[str, ...]


_SEEN = TypeAdapter(Seen)


def doors(stack: Run) -> tuple[Door, ...]:
    """Every address of each service and of its proxy, with every port that anybody has; and the proxies' gates."""
    controls = [each for service in stack.stack.standing for each in stack.engine.control_addresses(service.name)]
    commands = {each.port for each in controls if each.purpose is ControlPurpose.COMMANDS}
    ports = sorted({port for service in stack.stack.standing for port in service.ports} | commands)
    addresses = {service.name: stack.engine.addresses(service.name) for service in stack.stack.standing}
    ours = {
        Door(Link(each.network, service.name, each.port), each.host)
        for service in stack.stack.standing
        for each in stack.engine.control_addresses(service.name)
    }
    theirs = [
        Door(Link(each.network, service, port), each.host)
        for service, places in addresses.items()
        for each in places
        for port in ports
    ]
    return (*theirs, *sorted(ours, key=lambda door: door.link))


def knock(stack: Run, source: str, tried: Sequence[Door], side: Side = Side.SERVICE) -> Seen:
    """Try doors from inside a service's network namespace, or from its proxy's."""
    targets = [
        f"{door.host}:{door.link.port}:{_DECLARED_S if may_reach(stack.stack, source, door.link) else _UNDECLARED_S}"
        for door in tried
    ]
    return _SEEN.validate_json(stack.engine.run_helper(Place(source, side), (*_PROGRAM, *targets), _HELPER_S))


def knock_from_everywhere(stack: Run, tried: Sequence[Door]) -> Mapping[str, Seen]:
    """The same from each service that stands, by its name."""
    sources = [service.name for service in stack.stack.standing]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(sources, pool.map(lambda source: knock(stack, source, tried), sources), strict=True))


def attempts(source: str, tried: Sequence[Door], seen: Seen) -> tuple[Attempt, ...]:
    """What was tried from a container, door by door."""
    return tuple(
        Attempt(source, door.link, door.host, reached) for door, reached in zip(tried, seen.answers, strict=True)
    )
