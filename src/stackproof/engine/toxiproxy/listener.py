"""One listener of a Toxiproxy, which calls it a proxy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listener:
    """One entry of a Toxiproxy's start-up configuration.

    Attributes:
        name: ``link.NETWORK.PORT``, ``over.NETWORK.PORT`` or ``direct.PORT``.
        host: Address that it listens on.
        port: Port that it listens on.
        upstream: ``host:port`` that it sends to.
    """

    name: str
    host: str
    port: int
    upstream: str

    @property
    def address(self) -> str:
        """``host:port`` that it listens on."""
        return f"{self.host}:{self.port}"
