"""``partition``: packets between two services, or between all services on a network, do not arrive."""

import re
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations

from stackproof.engine.port import Capability, Place, RunningStack, Side
from stackproof.faults.evidence.service_reachability import (
    EntryPoint,
    Reachability,
    ReceivedCalls,
    entry_point,
    measure,
)
from stackproof.faults.fault_kind import FaultTarget, fault_kind
from stackproof.faults.means.packet_filters import (
    chain_name,
    find_interface,
    install_chain,
    remove_chain,
    rule_comment,
)
from stackproof.faults.targets import running_service
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Stack

_PAIR = re.compile(r"(?P<one>[^<>\s]+?)(?P<arrow><->|->)(?P<other>[^<>\s]+)")
_FEWEST = 2
_IN_PARALLEL = 4
_MOST_LISTED = 4
_ANY_PORT = 9


@dataclass(frozen=True, slots=True)
class Fence:
    """What one container does not let in.

    Attributes:
        place: The container's network namespace.
        rules: What follows ``iptables --append CHAIN``.
        setup: Shell that sets variables used by the rules.
    """

    place: Place
    rules: tuple[str, ...]
    setup: str = ""


@dataclass(frozen=True, slots=True)
class Partition(ABC):
    """A partitioned network.

    Attributes:
        target: The target as it was requested.
        networks: The networks that are partitioned.
        cut_off: Services that packets do not reach.
        reachable: Services that packets still reach, although no answer comes back.
    """

    target: str
    networks: tuple[str, ...]
    cut_off: tuple[str, ...]
    reachable: tuple[str, ...] = ()

    @abstractmethod
    def fences(self, engine: RunningStack) -> Iterator[Fence]:
        """What each container must not let in."""

    def inject(self, engine: RunningStack) -> None:
        """Drop packets where they arrive, those of open connections included.

        Raises:
            FaultError: Fewer than two of its services run, or packets cannot be filtered.
        """
        running = self._entry_points(engine)
        if len(running) < _FEWEST:
            names = ", ".join(each.service for each in running) or "none"
            raise FaultError(f"fault 'partition {self.target}': expected two of its services to run; running: {names}")
        with ThreadPoolExecutor(_IN_PARALLEL) as pool:  # to keep the time between the first and last fence short
            list(pool.map(lambda each: self._install(engine, each), self.fences(engine)))

    def _install(self, engine: RunningStack, fence: Fence) -> None:
        install_chain(engine, fence.place, self._chain, fence.rules, fence.setup)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Let the services call each other, and count what reaches them."""
        running = self._entry_points(engine)
        if len(running) < _FEWEST:
            return Evidence.unavailable("fewer than two of its services run")
        return self.judge(measure(engine, tuple((one.service, other) for one, other in permutations(running, 2))))

    def _entry_points(self, engine: RunningStack) -> list[EntryPoint]:
        """The entry points of those services that run."""
        found = (entry_point(engine, service, self.networks) for service in (*self.cut_off, *self.reachable))
        return [each for each in found if each is not None]

    def judge(self, seen: Reachability) -> Evidence:
        """Confirmed if no call is answered, packets reach exactly the reachable services, and all answer themselves."""
        arrives_as_meant = all(self._is_as_meant(each, seen.sent_to(each.service)) for each in seen.received)
        broken = [f"{each.service} does not even answer itself" for each in seen.received if not each.answers_itself]
        return Evidence(
            confirmed=bool(seen.calls) and not seen.answered and arrives_as_meant and not broken,
            observed="; ".join([*_described(seen), *broken]),
        )

    def _is_as_meant(self, received: ReceivedCalls, sent: int) -> bool:
        if received.service in self.reachable:
            return received.echo_requests >= sent > 0
        return received.echo_requests == 0 < sent

    def heal(self, engine: RunningStack) -> None:
        """Let the packets in again, in every container that still runs.

        Raises:
            EngineError: Some filters could not be removed; all others were.
        """
        places = [_place(service, side) for service in self.cut_off for side in Side]
        with ThreadPoolExecutor(_IN_PARALLEL) as pool:
            failures = [error for error in pool.map(lambda place: self._remove(engine, place), places) if error]
        if failures:
            raise EngineError("; ".join(failures))

    def _remove(self, engine: RunningStack, place: Place) -> str:
        try:
            remove_chain(engine, place, self._chain)
        except EngineError as error:
            return error.message
        return ""

    @property
    def _chain(self) -> str:
        return chain_name("partition", self.target)

    @property
    def _comment(self) -> str:
        return rule_comment(f"partition {self.target}")


def _described(seen: Reachability) -> Iterator[str]:
    for each in seen.received:
        yield f"{each.echo_requests} of {seen.sent_to(each.service)} pings reach {each.service}"
    yield f"{len(seen.answered)} of {len(seen.calls)} calls are answered"
    for call in seen.answered[:_MOST_LISTED]:
        yield f"{call.source} calls {call.target}: {call.outcome}"


@dataclass(frozen=True, slots=True)
class PairPartition(Partition):
    """Two services, one or both of which receive nothing from the other.

    A service sends from its own address as a client, and from its proxy's as a server. So neither container of a
    service that is cut off lets in anything from either address of the other service.
    """

    def fences(self, engine: RunningStack) -> Iterator[Fence]:
        """One for each container of the services that are cut off."""
        pair = (*self.cut_off, *self.reachable)
        for service in self.cut_off:
            other = next(name for name in pair if name != service)
            hosts = [each.host for each in engine.addresses(other) if each.network in self.networks]
            rules = tuple(f"--source {host} {self._comment} --jump DROP" for host in hosts)
            for side in sorted({each.side for each in engine.addresses(service)}):
                yield Fence(_place(service, side), rules)


@dataclass(frozen=True, slots=True)
class NetworkPartition(Partition):
    """A network on which each service reaches only its own proxy; the harness still reaches both."""

    def fences(self, engine: RunningStack) -> Iterator[Fence]:
        """One for each container on the network.

        It lets in the service's other container, the harness, and the engine's host.
        """
        for service in self.cut_off:
            mine = [each for each in engine.addresses(service) if each.network in self.networks]
            for own in mine:
                sources = [*(each.host for each in mine if each is not own), *_harness(own.host), '"$gateway"']
                let_in = (f'--in-interface "$dev" --source {each} {self._comment} --jump RETURN' for each in sources)
                drop = f'--in-interface "$dev" --source "$cidr" {self._comment} --jump DROP'
                setup = f"{find_interface(own.host)}{_FIND_GATEWAY}"
                yield Fence(_place(service, own.side), (*let_in, drop), setup)


def _harness(host: str) -> Iterator[str]:
    """The address from which this machine sends to a host; links are entered from it if networks are its own."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        unsent.connect((host, _ANY_PORT))
        yield unsent.getsockname()[0]


# The host opens a container's ports over the network of its default route, and sends from the gateway there. If that is
# another network, the container's own address is used instead: nothing arrives from it.
_FIND_GATEWAY = """\
: "${dev:?}"
gateway=$(ip -4 route show default dev "$dev" | awk '{ print $3; exit }')
gateway=${gateway:-${cidr%/*}}"""


def _place(service: str, side: Side) -> Place:
    return Place(service, side, capabilities=("NET_ADMIN",))


def _partition(spec: FaultSpec, stack: Stack) -> Partition:
    match = _PAIR.fullmatch(spec.target)
    if match is None:
        return _of_network(spec, stack)
    return _of_pair(spec, stack, match["one"], match["other"], match["arrow"])


def _of_pair(spec: FaultSpec, stack: Stack, one: str, other: str, arrow: str) -> PairPartition:
    for name in (one, other):
        running_service(spec, name, stack)
    if one == other:
        raise FaultError(f"fault '{spec}': expected two services, saw {one!r} twice")
    networks = {name: stack.service(name).networks for name in (one, other)}
    shared = tuple(network for network in networks[one] if network in networks[other])
    if not shared:
        places = "; ".join(f"{name!r} is on {', '.join(on) or 'no network'}" for name, on in networks.items())
        raise FaultError(f"fault '{spec}': expected two services that share a network: {places}")
    if arrow == "->":
        return PairPartition(spec.target, shared, cut_off=(other,), reachable=(one,))
    return PairPartition(spec.target, shared, cut_off=(one, other))


def _of_network(spec: FaultSpec, stack: Stack) -> NetworkPartition:
    known = [each.name for each in stack.networks]
    if spec.target not in known:
        raise FaultError(
            f"fault '{spec}': expected A->B, A<->B or a network, saw {spec.target!r}; networks: {', '.join(known)}"
        )
    members = tuple(each.name for each in stack.standing if spec.target in each.networks)
    if len(members) < _FEWEST:
        raise FaultError(
            f"fault '{spec}': expected two services on {spec.target!r}, it has: {', '.join(members) or 'none'}"
        )
    return NetworkPartition(spec.target, (spec.target,), cut_off=members)


def _bind(_spec: FaultSpec, partition: Partition) -> Partition:
    return partition


KIND = fault_kind(
    "partition",
    FaultTarget("SERVICE->SERVICE, SERVICE<->SERVICE or NETWORK", _partition),
    "Packets between two services, or between all services on a network, do not arrive.",
    (),
    _bind,
    Capability.HELPERS,
)
