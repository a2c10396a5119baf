"""``partition``: packets between two services, or between all on a network, do not arrive."""

import re
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations

from stackproof.engine.port import Capability, Place, RunningStack, Side
from stackproof.faults.evidence.crossing import Crossing, Door, Hearing, door, watch
from stackproof.faults.fault import BoundFault, standing_service
from stackproof.faults.means.filters import chain_of, commented, find_interface, lift, put
from stackproof.faults.parameters import Parameter, refuse_unknown
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Stack

_PAIR = re.compile(r"(?P<one>[^<>\s]+?)(?P<arrow><->|->)(?P<other>[^<>\s]+)")
_FEWEST = 2
_AT_ONCE = 4
_TOLD = 4
_ANY_PORT = 9


@dataclass(frozen=True, slots=True)
class Fence:
    """What one container does not let in.

    Attributes:
        place: Beside the container.
        rules: What follows ``iptables --append CHAIN``.
        finding: Shell that sets what the rules speak of.
    """

    place: Place
    rules: tuple[str, ...]
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Partition(ABC):
    """A network in parts.

    Attributes:
        target: As it was asked for.
        networks: On which networks.
        deaf: Services that packets do not reach.
        heard: Services that packets still reach, though no answer comes back.
    """

    target: str
    networks: tuple[str, ...]
    deaf: tuple[str, ...]
    heard: tuple[str, ...] = ()

    @abstractmethod
    def fences(self, engine: RunningStack) -> Iterator[Fence]:
        """What is put where."""

    def inject(self, engine: RunningStack) -> None:
        """Drop packets where they arrive, those of open connections too."""
        running = self._doors(engine)
        if len(running) < _FEWEST:
            names = ", ".join(each.service for each in running) or "none"
            raise FaultError(f"fault 'partition {self.target}': expected two services of it to run, these do: {names}")
        with ThreadPoolExecutor(_AT_ONCE) as pool:  # the sooner the last fence follows the first the better
            list(pool.map(lambda each: self._put(engine, each), self.fences(engine)))

    def _put(self, engine: RunningStack, fence: Fence) -> None:
        put(engine, fence.place, self._chain, fence.rules, fence.finding)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Let the services call each other, and count what reaches them."""
        running = self._doors(engine)
        if len(running) < _FEWEST:
            return Evidence(confirmed=False, observed="no way to see it: fewer than two services of it run")
        return self.judge(watch(engine, tuple((one.service, other) for one, other in permutations(running, 2))))

    def _doors(self, engine: RunningStack) -> list[Door]:
        """Where those services are found that run."""
        doors = (door(engine, service, self.networks) for service in (*self.deaf, *self.heard))
        return [each for each in doors if each is not None]

    def judge(self, seen: Crossing) -> Evidence:
        """Nobody may get an answer, and packets may reach those alone that are not cut off; all must be well."""
        is_right = all(self._is_right(each, seen.sent_to(each.service)) for each in seen.hearings)
        unwell = [f"{each.service} does not even answer itself" for each in seen.hearings if not each.is_well]
        return Evidence(
            confirmed=bool(seen.calls) and not seen.answered and is_right and not unwell,
            observed="; ".join([*_told(seen), *unwell]),
        )

    def _is_right(self, hearing: Hearing, sent: int) -> bool:
        return hearing.echoes >= sent > 0 if hearing.service in self.heard else hearing.echoes == 0 < sent

    def heal(self, engine: RunningStack) -> None:
        """Let the packets in again, wherever somebody still runs; what one refuses does not keep it from the others."""
        places = [_place(service, side) for service in self.deaf for side in Side]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            refused = [error for error in pool.map(lambda place: self._lift(engine, place), places) if error]
        if refused:
            raise EngineError("; ".join(refused))

    def _lift(self, engine: RunningStack, place: Place) -> str:
        try:
            lift(engine, place, self._chain)
        except EngineError as error:
            return error.message
        return ""

    @property
    def _chain(self) -> str:
        return chain_of("partition", self.target)

    @property
    def _whose(self) -> str:
        return commented(f"partition {self.target}")


def _told(seen: Crossing) -> Iterator[str]:
    for each in seen.hearings:
        yield f"{each.echoes} of {seen.sent_to(each.service)} pings reach {each.service}"
    yield f"{len(seen.answered)} of {len(seen.calls)} calls are answered"
    for call in seen.answered[:_TOLD]:
        yield f"{call.source} calls {call.target}: {call.answers}"


@dataclass(frozen=True, slots=True)
class PairPartition(Partition):
    """Two services, one or each of which does not hear the other.

    A service speaks from its own address as a client, and from its proxy's as a server. So neither of the containers
    of the one that is deaf lets anything in from either address of the other.
    """

    def fences(self, engine: RunningStack) -> Iterator[Fence]:
        """One for each container of those that are deaf."""
        pair = (*self.deaf, *self.heard)
        for service in self.deaf:
            other = next(name for name in pair if name != service)
            hosts = [each.host for each in engine.addresses(other) if each.network in self.networks]
            rules = tuple(f"--source {host} {self._whose} --jump DROP" for host in hosts)
            for side in sorted({each.side for each in engine.addresses(service)}):
                yield Fence(_place(service, side), rules)


@dataclass(frozen=True, slots=True)
class NetworkPartition(Partition):
    """A network on which each service is alone with its proxy; the harness still reaches both."""

    def fences(self, engine: RunningStack) -> Iterator[Fence]:
        """One for each container on the network: it lets in its own other half, the harness, and the engine's host."""
        for service in self.deaf:
            mine = [each for each in engine.addresses(service) if each.network in self.networks]
            for own in mine:
                sources = [*(each.host for each in mine if each is not own), *_harness(own.host), '"$gateway"']
                let_in = (f'--in-interface "$dev" --source {each} {self._whose} --jump RETURN' for each in sources)
                drop = f'--in-interface "$dev" --source "$cidr" {self._whose} --jump DROP'
                finding = f"{find_interface(own.host)}{_FIND_GATEWAY}"
                yield Fence(_place(service, own.side), (*let_in, drop), finding)


def _harness(host: str) -> Iterator[str]:
    """The address from which this machine speaks to that one: where networks are its own, links are entered by it."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        unsent.connect((host, _ANY_PORT))
        yield unsent.getsockname()[0]


# Ports of a container are opened on the host over the network of its default route, and the host speaks from there.
# Where that is another network, the container's own address stands in: from there nothing arrives.
_FIND_GATEWAY = """\
: "${dev:?}"
gateway=$(ip -4 route show default dev "$dev" | awk '{ print $3; exit }')
gateway=${gateway:-${cidr%/*}}"""


def _place(service: str, side: Side) -> Place:
    return Place(service, side, capabilities=("NET_ADMIN",))


@dataclass(frozen=True, slots=True)
class PartitionFault:
    """The kind of fault."""

    kind: str = "partition"
    aim: str = "SERVICE->SERVICE, SERVICE<->SERVICE or NETWORK"
    summary: str = "Packets between two services, or between all on a network, do not arrive."
    parameters: tuple[Parameter, ...] = ()
    needs: tuple[Capability, ...] = (Capability.HELPERS,)
    instead: str | None = None

    def check(self, spec: FaultSpec, stack: Stack) -> BoundFault:
        """Bind it to two services or a network of the stack.

        Raises:
            FaultError: They are not known, or share no network.
        """
        refuse_unknown(spec, self.parameters)
        match = _PAIR.fullmatch(spec.target)
        if match is None:
            return _network(spec, stack)
        return _pair(spec, stack, match["one"], match["other"], match["arrow"])


def _pair(spec: FaultSpec, stack: Stack, one: str, other: str, arrow: str) -> PairPartition:
    for name in (one, other):
        standing_service(spec, name, stack)
    if one == other:
        raise FaultError(f"fault '{spec}': expected two services, saw {one!r} twice")
    networks = {name: stack.service(name).networks for name in (one, other)}
    shared = tuple(network for network in networks[one] if network in networks[other])
    if not shared:
        places = "; ".join(f"{name!r} is on {', '.join(on) or 'no network'}" for name, on in networks.items())
        raise FaultError(f"fault '{spec}': expected two services that share a network: {places}")
    if arrow == "->":
        return PairPartition(spec.target, shared, deaf=(other,), heard=(one,))
    return PairPartition(spec.target, shared, deaf=(one, other))


def _network(spec: FaultSpec, stack: Stack) -> NetworkPartition:
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
    return NetworkPartition(spec.target, (spec.target,), deaf=members)


KIND = PartitionFault()
