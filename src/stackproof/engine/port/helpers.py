"""Role *helpers*: containers of ours, placed in a namespace of a service's container."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from stackproof.engine.port.addresses import Side


class Shares(StrEnum):
    """What a helper shares with the container that it is placed at.

    A helper that shares the processes finds the container's files under ``/proc/1/root``, given ``SYS_PTRACE``.
    Volumes are shared at their own paths; they alone can be shared with a container that has ended.
    """

    NETWORK = "network"
    PROCESSES = "processes"
    VOLUMES = "volumes"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a helper is placed.

    Attributes:
        service: Name of the service.
        side: At which of its containers.
        shares: What it shares with that container.
        capabilities: Linux capabilities that it gets, such as ``NET_ADMIN``; it has no others (capabilities(7)).
    """

    service: str
    side: Side = Side.SERVICE
    shares: Shares = Shares.NETWORK
    capabilities: tuple[str, ...] = ()


class Helpers(Protocol):
    """Helpers of a running stack. They carry its run's mark, so that a sweep removes them with it."""

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command to its end in a helper, remove the helper, and return what the command printed.

        Args:
            place: Where the helper is placed.
            command: The command and its arguments.
            timeout_s: How long it may take, in seconds.

        Raises:
            EngineError: It failed or did not end in time, with what it printed; or the container that it should be
                placed at does not run.
        """

    def start_helper(self, place: Place, name: str, command: tuple[str, ...]) -> None:
        """Start a helper that runs until it is removed. One of the same name at the same service is replaced.

        Raises:
            EngineError: The container that it should be placed at does not run.
        """

    def remove_helper(self, service: str, name: str) -> None:
        """Remove a helper. Does nothing where there is none of this name.

        Raises:
            EngineError: The engine does not answer.
        """
