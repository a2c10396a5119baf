"""Attempts to connect from one container to another."""

from dataclasses import dataclass
from enum import StrEnum

from stackproof.model.stack import Link


class Reached(StrEnum):
    """The result of an attempt to connect."""

    OPEN = "open"
    """Something listens, and the connection was established."""
    REFUSED = "refused"
    """The other side answers, but nothing listens (RFC 9293, 3.5.2: a reset)."""
    SILENT = "silent"
    """No answer in time: packets are dropped on the way."""
    NO_ROUTE = "no route"
    """The container has no route to the target."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to connect.

    Attributes:
        source: The service from whose container it was made.
        link: The target; its port need not be declared, and its network need not belong to the stack.
        host: The address that was tried.
        reached: The result.
    """

    source: str
    link: Link
    host: str
    reached: Reached

    def __str__(self) -> str:
        return f"{self.source} -> {self.link} ({self.host}): {self.reached}"
