"""What the load generator asks of a protocol: bytes out, bytes in, no input or output of its own."""

from dataclasses import dataclass
from typing import Protocol

from stackproof.model import Outcome


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be written.

    Attributes:
        chunks: Its bytes.
        size_bytes: Size of the file that it carries; 0 where the protocol has no files.
        sha256: Digest of that file, in hex; empty where the protocol has no files.
    """

    chunks: tuple[bytes, ...]
    size_bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended.

    Attributes:
        outcome: How it ended.
        detail: The status, code or error's name; empty where it went well.
        reusable: True where the next request may follow on the same connection.
        stored_as: The name under which the server acknowledged the request's file; empty where there is none.
    """

    outcome: Outcome
    detail: str = ""
    reusable: bool = False
    stored_as: str = ""


class Reader(Protocol):
    """Reads the answers of one connection, one after the other."""

    def expect(self, request: Request) -> None:
        """Get ready for the answer to this request."""

    def feed(self, data: bytes) -> Answer | None:
        """Read on; the answer, once it is whole."""

    def end(self) -> Answer:
        """What the answer comes to where the server ends the connection now."""


class Dialect(Protocol):
    """A protocol as a load speaks it."""

    def request(self, number: int) -> Request:
        """The request of this number, from 0."""

    def reader(self) -> Reader:
        """A reader for a new connection."""
