"""A service's interface on a network: the target of faults of packets."""

import re
from dataclasses import dataclass

from stackproof.engine.port import Capability, Place, RunningStack, ServiceAddress, Side
from stackproof.faults.fault_kind import FaultTarget
from stackproof.faults.targets import running_service
from stackproof.model import Evidence, FaultError, FaultSpec, Stack

_TARGET = re.compile(r"(?P<network>[^/:\s]+)/(?P<service>[^/:\s]+)")


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """A service's own interface on a network, behind its proxy if it has one.

    Attributes:
        network: Name of the network, as declared.
        service: Name of the service.
    """

    network: str
    service: str

    def __str__(self) -> str:
        return f"{self.network}/{self.service}"

    @property
    def inside(self) -> Place:
        """The service's own network namespace, with the right to change how it handles packets."""
        return Place(self.service, Side.SERVICE, capabilities=("NET_ADMIN",))

    def host(self, engine: RunningStack) -> str | None:
        """The service's own address on the network, or None if it does not run."""
        return _host(engine.addresses(self.service), self.network, Side.SERVICE)

    def require_host(self, engine: RunningStack) -> str:
        """The service's own address on the network.

        Raises:
            FaultError: The service does not run.
        """
        host = self.host(engine)
        if host is None:
            raise FaultError(f"expected {self.service!r} to run on {self.network!r}, it has ended")
        return host

    def vantage_points(self, engine: RunningStack) -> "VantagePoints | None":
        """Where its packets are observed from: its proxy, or else any neighbour. None if that is impossible."""
        host = self.host(engine)
        if host is None:
            return None
        neighbours = (each for each in engine.stack.standing if self.network in each.networks)
        for name in (self.service, *(each.name for each in neighbours if each.name != self.service)):
            sides = (Side.PROXY,) if name == self.service else (Side.PROXY, Side.SERVICE)
            for side in sides:
                found = _host(engine.addresses(name), self.network, side)
                if found is not None:
                    return VantagePoints(host, Place(self.service), Place(name, side))
        return None


@dataclass(frozen=True, slots=True)
class VantagePoints:
    """Where the packets of an interface are observed from.

    Attributes:
        host: The service's own address.
        inside: The service's network namespace: packets from there to its own address do not cross the interface.
        outside: A neighbour's network namespace: packets from there arrive over the network.
    """

    host: str
    inside: Place
    outside: Place


def _host(addresses: tuple[ServiceAddress, ...], network: str, side: Side) -> str | None:
    return next((each.host for each in addresses if (each.network, each.side) == (network, side)), None)


def unobservable_interface(interface: NetworkInterface) -> Evidence:
    """The evidence for a fault of an interface that has no vantage points."""
    return Evidence.unavailable(f"{interface.service} does not run, or has no neighbour on {interface.network}")


def _interface(spec: FaultSpec, stack: Stack) -> NetworkInterface:
    match = _TARGET.fullmatch(spec.target)
    if match is None:
        raise FaultError(f"fault '{spec}': expected a target as {INTERFACE.notation}, saw {spec.target!r}")
    networks = running_service(spec, match["service"], stack).networks
    if match["network"] not in networks:
        raise FaultError(
            f"fault '{spec}': {match['service']!r} is not on {match['network']!r}; "
            f"it is on: {', '.join(networks) or 'no network'}"
        )
    return NetworkInterface(match["network"], match["service"])


INTERFACE = FaultTarget("NETWORK/SERVICE", _interface, frozenset({Capability.HELPERS}))
"""A service's own interface on a network."""
