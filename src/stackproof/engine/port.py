"""What the other rooms ask of an engine: the port whose first implementation is Docker Compose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from stackproof.model import Link, Stack


@dataclass(frozen=True, slots=True)
class Address:
    """Where the harness reaches something: always on loopback.

    Attributes:
        host: Host name or address.
        port: TCP port.
    """

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ContainerState:
    """The engine's own word on a service's container.

    Attributes:
        status: ``running``, ``paused``, ``exited``, ``created``, ``restarting``, ``removing``, ``dead`` or ``absent``.
        health: ``healthy``, ``unhealthy``, ``starting``, or empty where the engine does not check.
        exit_code: Exit code of the last end, or None while it runs.
        started_at: Start of the present run of the container, as the engine writes it (RFC 3339).
    """

    status: str
    health: str = ""
    exit_code: int | None = None
    started_at: str = ""

    @property
    def word(self) -> str:
        """Health where the engine knows it and the container runs, else the status."""
        return self.health if self.status == "running" and self.health else self.status


@dataclass(frozen=True, slots=True)
class Toxic:
    """One disturbance of a link, in Toxiproxy's terms.

    Attributes:
        name: Unique on its proxy.
        type: ``latency``, ``bandwidth``, ``slow_close``, ``timeout``, ``slicer``, ``limit_data`` or ``reset_peer``.
        attributes: Integers by name, in Toxiproxy's own units.
        stream: ``downstream`` (towards the client) or ``upstream``.
    """

    name: str
    type: str
    attributes: Mapping[str, int] = field(default_factory=dict)
    stream: str = "downstream"


class LinkControl(Protocol):
    """Power over one link."""

    def add(self, toxic: Toxic) -> None:
        """Put a toxic on the link. One of the same name is replaced."""

    def remove(self, name: str) -> None:
        """Take a toxic off the link; nothing happens where it is not there."""

    def toxics(self) -> tuple[Toxic, ...]:
        """Toxics on the link now."""

    def cut(self) -> None:
        """Stop listening and drop what is open."""

    def mend(self) -> None:
        """Listen again; nothing happens where it listens."""

    def is_cut(self) -> bool:
        """True where the link does not listen."""


class Engine(Protocol):
    """A stack that stands, and what can be asked of it."""

    @property
    def stack(self) -> Stack:
        """The stack as declared."""

    def link(self, link: Link) -> LinkControl:
        """Power over this link. Raises FaultError where the service is not interposed."""

    def over(self, link: Link) -> Address:
        """Where traffic enters that shall cross this link, faults and all."""

    def direct(self, service: str, port: int) -> Address:
        """Where a service's port is reached beside its links, untouched by their faults."""

    def state(self, service: str) -> ContainerState:
        """The engine's own word on this service."""

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal to the service's first process."""

    def start(self, service: str) -> None:
        """Start a stopped service again. Nothing happens where it runs."""

    def pause(self, service: str) -> None:
        """Freeze the service. Nothing happens where it is frozen."""

    def unpause(self, service: str) -> None:
        """Thaw the service. Nothing happens where it is not frozen."""

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command inside the service and give back its output. Raises EngineError where it fails."""

    def logs(self, service: str, tail: int = 200) -> str:
        """The service's last log lines."""
