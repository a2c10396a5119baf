"""Which container reaches which: every port of every service, tried from inside each network namespace."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pydantic import TypeAdapter

from stackproof.engine.port import Capability, ControlPurpose, Place, Side
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
class ConnectTarget:
    """A port to try.

    Attributes:
        link: Its network, service and port; they need not be declared.
        host: The address to connect to.
    """

    link: Link
    host: str


@dataclass(frozen=True, slots=True)
class NamespaceView:
    """What one network namespace sees.

    Attributes:
        answers: The result of each attempt, in the order of the targets.
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
        targets: Every port that a proxy opens on it.
    """

    name: str
    api_port: int
    is_internal: bool
    targets: tuple[ConnectTarget, ...]


_VIEW = TypeAdapter(NamespaceView)


def control_network(run: Run) -> ControlNetwork:
    """The network over which stackproof controls the proxies of this run.

    Raises:
        LookupError: No proxy of the stack is controlled over a network.
    """
    controls = [
        (service.name, each) for service in run.stack.standing for each in run.engine.control_addresses(service.name)
    ]
    names = {each.network for _, each in controls}
    ports = {each.port for _, each in controls if each.purpose is ControlPurpose.COMMANDS}
    if len(names) != 1 or len(ports) != 1:
        raise LookupError(f"expected one control network with one port for commands, saw {names or 'none'} and {ports}")
    targets = {ConnectTarget(Link(each.network, service, each.port), each.host) for service, each in controls}
    ordered = tuple(sorted(targets, key=lambda target: target.link))
    is_internal = run.engine.lacks(Capability.DIRECT_ADDRESSES) is None
    return ControlNetwork(names.pop(), ports.pop(), is_internal, ordered)


def connect_targets(run: Run) -> tuple[ConnectTarget, ...]:
    """Every address of each service and of its proxy, with every port that any service has, and the control network."""
    control = control_network(run)
    ports = sorted({port for service in run.stack.standing for port in service.ports} | {control.api_port})
    addresses = {service.name: run.engine.addresses(service.name) for service in run.stack.standing}
    return (
        *(
            ConnectTarget(Link(address.network, service, port), address.host)
            for service, places in addresses.items()
            for address in places
            for port in ports
        ),
        *control.targets,
    )


def connect_from(run: Run, source: str, targets: Sequence[ConnectTarget], side: Side = Side.SERVICE) -> NamespaceView:
    """Try to connect from the network namespace of a service, or of its proxy.

    Raises:
        EngineError: The helper container failed.
    """
    arguments = (f"{each.host}:{each.link.port}:{_wait_s(run, source, each)}" for each in targets)
    return _VIEW.validate_json(run.engine.run_helper(Place(source, side), (*_PROGRAM, *arguments), _HELPER_S))


def _wait_s(run: Run, source: str, target: ConnectTarget) -> int:
    return _DECLARED_S if may_reach(run.stack, source, target.link) else _UNDECLARED_S


def connect_from_every_service(run: Run, targets: Sequence[ConnectTarget]) -> Mapping[str, NamespaceView]:
    """Try to connect from every running service; the views by service name.

    Raises:
        EngineError: A helper container failed.
    """
    sources = [service.name for service in run.stack.standing]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(sources, pool.map(lambda source: connect_from(run, source, targets), sources), strict=True))


def attempts_of(source: str, targets: Sequence[ConnectTarget], view: NamespaceView) -> tuple[Attempt, ...]:
    """The attempts behind a view, target by target."""
    return tuple(
        Attempt(source, target.link, target.host, reached)
        for target, reached in zip(targets, view.answers, strict=True)
    )


def isolation_breaches(run: Run, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Where the attempts differ from the declaration, one sentence each; their table goes into the report."""
    attach_text(reach_table(run.stack, attempts), "who reaches whom")
    return breaches(run.stack, attempts)
