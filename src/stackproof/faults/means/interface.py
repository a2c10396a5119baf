"""Where a service is attached to a network: the target of faults that are done to packets."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stackproof.engine.port import Capability, Place, RunningStack, ServiceAddress, Side
from stackproof.faults.fault import BoundFault, standing_service
from stackproof.faults.parameters import Parameter, refuse_unknown
from stackproof.model import Evidence, FaultError, FaultSpec, Stack

_TARGET = re.compile(r"(?P<network>[^/:\s]+)/(?P<service>[^/:\s]+)")


@dataclass(frozen=True, slots=True)
class Interface:
    """A service's own place on a network, behind its proxy where it has one.

    Attributes:
        network: Name of the network in the declaration.
        service: Name of the service.
    """

    network: str
    service: str

    def __str__(self) -> str:
        return f"{self.network}/{self.service}"

    @property
    def inside(self) -> Place:
        """Where packets are disturbed: with the right to, in the service's own network namespace."""
        return Place(self.service, Side.SERVICE, capabilities=("NET_ADMIN",))

    def host(self, engine: RunningStack) -> str | None:
        """The service's own address there, or None where it does not run."""
        return _host(engine.addresses(self.service), self.network, Side.SERVICE)

    def view(self, engine: RunningStack) -> "View | None":
        """How its packets are watched: from its proxy, or else from any neighbour; None where there is no way."""
        host = self.host(engine)
        if host is None:
            return None
        neighbours = (each for each in engine.stack.standing if self.network in each.networks)
        for name in (self.service, *(each.name for each in neighbours if each.name != self.service)):
            sides = (Side.PROXY,) if name == self.service else (Side.PROXY, Side.SERVICE)
            for side in sides:
                found = _host(engine.addresses(name), self.network, side)
                if found is not None:
                    return View(host, Place(self.service), Place(name, side), found)
        return None


@dataclass(frozen=True, slots=True)
class View:
    """From where the packets of an interface are watched.

    Attributes:
        host: The service's own address.
        inside: Beside the service: packets to its own address stay in there, and meet no fault of the interface.
        outside: Beside a neighbour: packets from there arrive over the network.
        outside_host: The neighbour's address.
    """

    host: str
    inside: Place
    outside: Place
    outside_host: str


def _host(addresses: tuple[ServiceAddress, ...], network: str, side: Side) -> str | None:
    return next((each.host for each in addresses if (each.network, each.side) == (network, side)), None)


def unwatched(interface: Interface) -> Evidence:
    """The evidence where there is no way to look."""
    return Evidence(
        confirmed=False,
        observed=f"no way to see it: {interface.service} does not run, or nobody else is on {interface.network}",
    )


@dataclass(frozen=True, slots=True)
class InterfaceFault:
    """A kind of fault that is done to the packets of a service on a network.

    Attributes:
        kind: Its name in the catalogue.
        summary: What it does, in one sentence.
        parameters: What it can be told.
        bind: Makes the bound fault of a request and the interface that it names.
        needs: What an engine has to have for it.
        instead: What to do where an engine lacks that.
    """

    kind: str
    summary: str
    parameters: tuple[Parameter, ...]
    bind: Callable[[FaultSpec, Interface], BoundFault]
    aim: str = "NETWORK/SERVICE"
    needs: tuple[Capability, ...] = (Capability.HELPERS,)
    instead: str | None = None

    def check(self, spec: FaultSpec, stack: Stack) -> BoundFault:
        """Bind it to an interface of the stack.

        Raises:
            FaultError: The interface or a parameter is not known, or a value is out of bounds.
        """
        refuse_unknown(spec, self.parameters)
        match = _TARGET.fullmatch(spec.target)
        if match is None:
            raise FaultError(f"fault '{spec}': expected a target as NETWORK/SERVICE, saw {spec.target!r}")
        networks = standing_service(spec, match["service"], stack).networks
        if match["network"] not in networks:
            raise FaultError(
                f"fault '{spec}': {match['service']!r} is not on {match['network']!r}; "
                f"it is on: {', '.join(networks) or 'no network'}"
            )
        return self.bind(spec, Interface(match["network"], match["service"]))
