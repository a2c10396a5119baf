"""Role *limits*: what a service may use of the machine, and what it may do to it."""

from dataclasses import dataclass, field
from typing import Protocol


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
    """What keeps a service's container from doing more than it has to.

    Attributes:
        user: The user of its first process, ``USER`` or ``USER:GROUP``, each a name or a number; root where empty.
        privileged: True where it may do whatever the machine's root may.
        read_only: True where its own file system cannot be written; volumes and memory file systems can.
        dropped: Capabilities that it lost of a container's default ones; ``ALL`` for all (capabilities(7)).
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


class Limiting(Protocol):
    """Limits and confinement of a running stack's services.

    Every call raises EngineError where the engine does not answer or the service has no container.
    """

    def limits(self, service: str) -> Limits:
        """What a service may use now."""

    def declared_limits(self, service: str) -> Limits:
        """What a service may use as declared, whatever was set since."""

    def limit(self, service: str, limits: Limits) -> None:
        """Set what a service may use, while it runs.

        Raises:
            EngineError: The engine refuses it: a service may already use more memory.
        """

    def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
        """Limit what a service writes to a disk, while it runs.

        Args:
            service: Name of the service.
            disk: The disk, ``MAJOR:MINOR``.
            bytes_per_s: Bytes a second; 0 removes the limit.

        Raises:
            EngineError: The kernel or the engine cannot do it, or the declaration limits the writes already.
        """

    def confinement(self, service: str) -> Confinement:
        """What keeps the service's container from doing more, as the engine has it."""

    def declared_confinement(self, service: str) -> Confinement:
        """What keeps it from doing more, as declared; the user may be the image's."""
