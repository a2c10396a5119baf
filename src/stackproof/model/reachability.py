"""Attempts to connect, from inside one container to another."""

from dataclasses import dataclass
from enum import StrEnum

from stackproof.model.stack import Link


class Reached(StrEnum):
    """What came of an attempt to connect."""

    OPEN = "open"
    """Something listens, and a connection came about."""
    REFUSED = "refused"
    """The other side answers, and nothing listens (RFC 9293, 3.5.2: a reset)."""
    SILENT = "silent"
    """No answer in time: packets are dropped on the way."""
    NO_ROUTE = "no route"
    """No way leads there from that container."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to connect.

    Attributes:
        source: Name of the service from whose container it was made.
        link: Where it led; its port need not be declared, nor its network be one of the stack's.
        host: The address that was tried.
        reached: What came of it.
    """

    source: str
    link: Link
    host: str
    reached: Reached

    def __str__(self) -> str:
        return f"{self.source} -> {self.link} ({self.host}): {self.reached}"
