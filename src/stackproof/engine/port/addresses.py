"""Role *addresses*: where services, their proxies and their networks are."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from stackproof.model.stack import Link, Network


@dataclass(frozen=True, slots=True)
class Address:
    """Where the harness reaches something over TCP.

    Attributes:
        host: Host name or address.
        port: TCP port.
    """

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Side(StrEnum):
    """Which container of an interposed service: the service itself, or the proxy before it."""

    SERVICE = "service"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """The address of one of a service's containers on one network of the stack.

    Attributes:
        network: Name of the network in the declaration.
        side: Which container. Neighbours send to the proxy's address where there is a proxy.
        host: The address.
    """

    network: str
    side: Side
    host: str


class ControlPurpose(StrEnum):
    """What the harness uses a control address for."""

    TRAFFIC = "traffic"
    """Traffic of the harness's own, over a link or around it."""
    COMMANDS = "commands"
    """Commands to the proxy."""


@dataclass(frozen=True, slots=True)
class ControlAddress:
    """An address that a proxy has for the harness. Nothing in the stack may reach it.

    Attributes:
        network: Name of the network that the harness added for this.
        host: The proxy's address on it.
        port: TCP port.
        purpose: What the harness uses it for.
    """

    network: str
    host: str
    port: int
    purpose: ControlPurpose


class Addressing(Protocol):
    """Where services are reached."""

    def entry(self, link: Link) -> Address:
        """The address at which traffic has to enter to cross a link, faults included.

        Raises:
            FaultError: The service is not interposed, or has no such link.
            EngineError: The engine does not answer, or the proxy does not run.
        """

    def direct(self, service: str, port: int) -> Address:
        """The address at which a port is reached around its links, untouched by their faults.

        Raises:
            FaultError: An interposed service does not listen on this port.
            EngineError: The engine does not answer, or the service has no container.
        """

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Every address of a service and of its proxy on the stack's networks; containers that have ended have none.

        Raises:
            EngineError: The engine does not answer.
        """

    def control_addresses(self, service: str) -> tuple[ControlAddress, ...]:
        """Every address that the service's proxy has for the harness; none where it is not interposed."""

    def published(self, service: str) -> tuple[Address, ...]:
        """The ports of the engine's machine that lead to a service or to its proxy.

        Raises:
            EngineError: The engine does not answer.
        """

    def networks(self) -> tuple[Network, ...]:
        """The run's networks as the engine has them, by their names in the declaration, with those that we added.

        Raises:
            EngineError: The engine does not answer.
        """
