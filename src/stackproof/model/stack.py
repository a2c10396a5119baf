"""A stack as it is declared: networks, services, links and probes."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from stackproof.model.errors import DeclarationError

_LINK = re.compile(r"(?P<network>[^/:\s]+)/(?P<service>[^/:\s]+):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """The way to one port of one service over one network: the thing that can be slow, cut or sound.

    Attributes:
        network: Name of the network in the declaration.
        service: Name of the service that listens.
        port: TCP port it listens on.
    """

    network: str
    service: str
    port: int

    def __str__(self) -> str:
        return f"{self.network}/{self.service}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> "Link":
        """Read ``network/service:port``.

        Raises:
            DeclarationError: The text has another shape.
        """
        match = _LINK.fullmatch(text)
        if match is None:
            raise DeclarationError(f"expected a link as NETWORK/SERVICE:PORT, saw {text!r}")
        return cls(match["network"], match["service"], int(match["port"]))


class ProbeKind(StrEnum):
    """What a probe asks, in Kubernetes' terms."""

    LIVENESS = "liveness"
    READINESS = "readiness"
    STARTUP = "startup"
    PING = "ping"


@dataclass(frozen=True, slots=True)
class Probe:
    """A question to a running service.

    Attributes:
        service: Name of the service asked.
        kind: What is asked.
        url: Where, with the host left out: ``http://:8000/health/live``, ``https://:443/health``,
            ``tcp://:6379?send=PING%0D%0A&expect=%2BPONG``. For HTTP a status of 2xx is yes, and ``expect`` names a
            text that the body must hold; for TCP the answer must hold ``expect`` after ``send`` was sent.
        port: The port in ``url``.
    """

    service: str
    kind: ProbeKind
    url: str
    port: int

    def __str__(self) -> str:
        return f"{self.service}/{self.kind}"


@dataclass(frozen=True, slots=True)
class Network:
    """A network of the stack.

    Attributes:
        name: Its name in the declaration.
        internal: True where nothing outside may reach it and nothing in it may reach out.
        subnet: CIDR it declares, or None where the engine chooses.
    """

    name: str
    internal: bool = False
    subnet: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A port that a service opens on the host.

    Attributes:
        target: Port inside the container.
        host_port: Port declared on the host, or None where the engine chooses.
    """

    target: int
    host_port: int | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the stack, as declared.

    Attributes:
        name: Its name in the declaration.
        networks: Names of the networks it is attached to, in declared order.
        ports: Every TCP port it listens on (``expose``, ``ports`` and probes), ascending.
        published: Ports opened on the host.
        depends_on: Names of services it waits for.
        probes: What it can be asked.
        has_healthcheck: True where the engine itself checks its health.
        interposed: True where a proxy is put before it.
        on_demand: True where it belongs to a profile and is not started with the stack.
    """

    name: str
    networks: tuple[str, ...]
    ports: tuple[int, ...] = ()
    published: tuple[PublishedPort, ...] = ()
    depends_on: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    has_healthcheck: bool = False
    interposed: bool = True
    on_demand: bool = False

    @property
    def links(self) -> tuple[Link, ...]:
        """Every way to this service that a fault can be put on; none where it is not interposed."""
        return self.ways if self.interposed else ()

    @property
    def ways(self) -> tuple[Link, ...]:
        """Every way to this service: each of its ports over each of its networks."""
        return tuple(Link(network, self.name, port) for network in self.networks for port in self.ports)

    def probe(self, kind: ProbeKind) -> Probe:
        """The probe of this kind.

        Raises:
            DeclarationError: The service declares none.
        """
        for probe in self.probes:
            if probe.kind is kind:
                return probe
        raise DeclarationError(
            f"service {self.name!r} declares no {kind} probe",
            fix=f"add x-stackproof: probes: {kind}: URL to the declaration of the service",
        )


@dataclass(frozen=True, slots=True)
class Stack:
    """The stack under test, as declared.

    Attributes:
        name: Its name in the declaration.
        file: The stack file.
        networks: All networks.
        services: All services, on-demand ones too.
    """

    name: str
    file: Path
    networks: tuple[Network, ...] = field(default=())
    services: tuple[Service, ...] = field(default=())

    def service(self, name: str) -> Service:
        """The service of this name.

        Raises:
            DeclarationError: There is none; the message lists those that are.
        """
        for service in self.services:
            if service.name == name:
                return service
        known = ", ".join(sorted(each.name for each in self.services))
        raise DeclarationError(f"no service {name!r} in {self.file}; it has: {known}")

    @property
    def standing(self) -> tuple[Service, ...]:
        """Services that are started with the stack."""
        return tuple(service for service in self.services if not service.on_demand)

    def with_proxies_before(self, names: Collection[str]) -> "Stack":
        """The same stack, with proxies before these services alone, as far as they can have one.

        Raises:
            DeclarationError: There is no such service.
        """
        wanted = {self.service(name).name for name in names}
        services = (
            replace(service, interposed=service.interposed and service.name in wanted) for service in self.services
        )
        return replace(self, services=tuple(services))

    def links(self) -> Iterator[Link]:
        """Every link of every standing service."""
        for service in self.standing:
            yield from service.links

    def link(self, text: str) -> Link:
        """The link that ``network/service:port`` names.

        Raises:
            DeclarationError: It has another shape, or the stack has no such link; the message lists those near it.
        """
        wanted = Link.parse(text)
        known = tuple(self.links())
        if wanted in known:
            return wanted
        near = [link for link in known if link.service == wanted.service] or known
        listed = ", ".join(str(link) for link in near)
        raise DeclarationError(f"no link {text!r} in {self.file}; known: {listed}")

    def probes(self) -> Iterator[Probe]:
        """Every probe of every standing service."""
        for service in self.standing:
            yield from service.probes
