"""What the other rooms ask of an engine: the port whose first implementation is Docker Compose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from stackproof.model import FaultError, Link, Network, Stack


class Capability(StrEnum):
    """A part of a role that an engine has or lacks; the value completes "needs"."""

    LINKS = "links that can be disturbed and cut"
    FREEZING = "services that can be frozen"
    RESTART_CONTROL = "restarts that can be suspended"
    HELPERS = "helpers in a service's namespaces"
    LIMIT_CHANGES = "limits that can be changed while a service runs"
    WRITE_LIMITS = "limits on what a service writes to a disk"
    SMALL_DISKS = "volumes with a capacity of their own"
    ALTERATIONS = "services that can be recreated with something different"
    NAME_REDIRECTION = "look-ups that can be redirected to another name server"
    NETWORK_EMULATION = "the network emulator (sch_netem)"


class MissingCapabilityError(FaultError):
    """A fault needs something that the engine lacks. What would have been tried is exempt, for this reason.

    Args:
        needing: What needs it, to begin the message: ``fault 'delay'``.
        capability: What is missing.
        reason: Why, as ``Engine.lacks`` gives it.
        fix: What to do next, if it is known.
    """

    def __init__(self, needing: str, capability: Capability, reason: str, *, fix: str | None = None) -> None:
        super().__init__(f"{needing} needs {capability}, but {reason}", fix=fix)
        self.capability = capability
        self.reason = reason


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
        oom_killed: True where the kernel killed a process of the container in this run because memory ran out.
    """

    status: str
    health: str = ""
    exit_code: int | None = None
    started_at: str = ""
    oom_killed: bool = False

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


class Side(StrEnum):
    """Which container of an interposed service: the service itself, or the proxy before it."""

    SERVICE = "service"
    PROXY = "proxy"


class Shares(StrEnum):
    """What a helper container shares with the container that it is put beside.

    Whoever shares the processes finds the container's files under ``/proc/1/root``, given ``SYS_PTRACE``. Its volumes
    are shared at their own paths, and alone can be had from a container that has ended.
    """

    NETWORK = "network"
    PROCESSES = "processes"
    VOLUMES = "volumes"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a helper container is put.

    Attributes:
        service: Name of the service.
        side: Beside which of its containers.
        shares: What it shares with that one.
        capabilities: Linux capabilities that it gets, such as ``NET_ADMIN``; it has no others (capabilities(7)).
    """

    service: str
    side: Side = Side.SERVICE
    shares: Shares = Shares.NETWORK
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """One address of a service: where one of its containers is on a network of the stack.

    Attributes:
        network: Name of the network in the compose file.
        side: Which container it is: neighbours send to the proxy's address where there is a proxy.
        host: The address.
    """

    network: str
    side: Side
    host: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service may use of the machine.

    Attributes:
        cpus: Processors, 0.5 for half of one; None for all.
        memory_bytes: Memory, swap included; None for all.
    """

    cpus: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Confinement:
    """What keeps a service's container from doing more than it must.

    Attributes:
        user: Whom its first process runs as, ``USER`` or ``USER:GROUP``, each a name or a number; root where empty.
        privileged: True where it may do what the machine's root may.
        read_only: True where its own file system cannot be written; volumes and memory file systems can.
        dropped: Capabilities that it lost of those that a container has by default; ``ALL`` for all (capabilities(7)).
        added: Capabilities that it got.
        no_new_privileges: True where no program that it starts may do more than it (PR_SET_NO_NEW_PRIVS, prctl(2)).
        limits: What it may use of the machine.
        processes: How many processes and threads it may have; None for any number.
    """

    user: str = ""
    privileged: bool = False
    read_only: bool = False
    dropped: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    no_new_privileges: bool = False
    limits: Limits = field(default_factory=Limits)
    processes: int | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """What is different in a service that is made anew.

    Attributes:
        environment: Variables by name, beside its own.
        library: Folder of the image of our tools for faults that it sees, read-only, under the same name; none where
            empty.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    library: str = ""


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

    def restore(self) -> None:
        """Listen again; nothing happens where it listens."""

    def is_cut(self) -> bool:
        """True where the link does not listen."""


class Engine(Protocol):
    """A stack that stands, and what can be asked of it."""

    @property
    def stack(self) -> Stack:
        """The stack as declared."""

    def lacks(self, capability: Capability) -> str | None:
        """Why a capability is missing, as a clause such as "the kernel does not have it"; None if the engine has it."""

    def link(self, link: Link) -> LinkControl:
        """Power over this link. Raises FaultError where the service is not interposed."""

    def entry(self, link: Link) -> Address:
        """Where traffic enters that shall cross this link, faults and all."""

    def direct(self, service: str, port: int) -> Address:
        """Where a service's port is reached beside its links, untouched by their faults."""

    def state(self, service: str) -> ContainerState:
        """The engine's own word on this service."""

    def all_states(self) -> Mapping[str, ContainerState]:
        """The engine's own word on every standing service at once; without exit codes and times."""

    def now_s(self) -> float:
        """The engine's own clock, in seconds since 1970: what a container's ``started_at`` is compared with."""

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal to the service's first process."""

    def start(self, service: str) -> None:
        """Start a stopped service again. Nothing happens where it runs."""

    def stop(self, service: str, grace_s: float = 10.0) -> None:
        """Ask the service to end (its own stop signal), and kill it after the grace. Nothing happens where it ended."""

    def pause(self, service: str) -> None:
        """Freeze the service. Nothing happens where it is frozen."""

    def unpause(self, service: str) -> None:
        """Thaw the service. Nothing happens where it is not frozen."""

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command inside the service and give back its output. Raises EngineError where it fails."""

    def logs(self, service: str, tail: int = 200) -> str:
        """The service's last log lines."""

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Every address of the service and of its proxy on the stack's networks; of those containers that run."""

    def networks(self) -> tuple[Network, ...]:
        """The run's networks as the engine has them, ours among them, by their names in the compose file."""

    def published(self, service: str) -> tuple[Address, ...]:
        """Where the engine opens ports of the service or of its proxy on the machine itself."""

    def limits(self, service: str) -> Limits:
        """What the service may use now."""

    def declared_limits(self, service: str) -> Limits:
        """What its compose file lets the service use."""

    def confinement(self, service: str) -> Confinement:
        """What the engine keeps the service's container from."""

    def declared_confinement(self, service: str) -> Confinement:
        """What its compose file keeps the service's container from; the user may be its image's."""

    def limit(self, service: str, limits: Limits) -> None:
        """Set what the service may use, while it runs. Raises EngineError where it already uses more memory."""

    def suspend_restart(self, service: str) -> None:
        """From now on the engine does not start the service again by itself, however it ends."""

    def restore_restart(self, service: str) -> None:
        """The engine starts the service again, or does not, as its compose file says."""

    def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
        """Bound what the service writes to a disk, ``MAJOR:MINOR``, while it runs; 0 takes the bound away.

        Raises EngineError where the kernel or the engine cannot, and where the compose file bounds it already.
        """

    def recreate(self, service: str, alteration: Override) -> None:
        """Make the service's container anew with something different in it, and wait until its health is known.

        It may be unhealthy then. Raises EngineError where it ends.
        """

    def restore(self, service: str) -> None:
        """Make the service's container anew as it was declared. Nothing happens where it is, or where nothing is left.

        A service that has ended meanwhile is started.
        """

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command to its end in a helper container of ours, and give back its output.

        Raises EngineError where it fails, with its output; it is removed either way.
        """

    def start_helper(self, place: Place, name: str, command: tuple[str, ...]) -> None:
        """Start a helper container that runs until it is dropped; one of this name at this service is replaced."""

    def remove_helper(self, service: str, name: str) -> None:
        """Remove a helper container. Nothing happens where there is none."""
