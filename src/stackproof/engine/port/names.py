"""Role *names*: how a service's container looks up the names of others."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NameServer:
    """The engine's name server, as a service's container sees it.

    Attributes:
        host: Address at which the container asks it, as its ``/etc/resolv.conf`` has it.
    """

    host: str


class Names(Protocol):
    """Names in a running stack."""

    def name_server(self) -> NameServer:
        """The name server that services ask."""
