"""What a Toxiproxy listens on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listener:
    """One entry of a Toxiproxy's start-up configuration.

    Attributes:
        name: ``link.NETWORK.PORT``, ``over.NETWORK.PORT`` or ``direct.PORT``.
        host: Address it listens on.
        port: Port it listens on.
        upstream: ``host:port`` it sends to.
    """

    name: str
    host: str
    port: int
    upstream: str
