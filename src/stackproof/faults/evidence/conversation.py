"""What a client of a port sees: the observation that faults are shown by.

A connection alone shows nothing, since a proxy accepts whatever is behind it. So bytes are sent that make the
service say something, or close.
"""

import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from stackproof.engine.port import Address


class End(StrEnum):
    """How a connection ended."""

    OPEN = "stayed open"
    CLOSED = "closed"
    RESET = "reset"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Question:
    """Bytes that make a service react.

    Attributes:
        payload: The bytes.
        is_tls: True where they go through TLS, whose certificate is not looked at.
    """

    payload: bytes
    is_tls: bool = False

    def times(self, count: int) -> "Question":
        """The same question several times in a row on one connection."""
        return replace(self, payload=self.payload * count)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client watches.

    Attributes:
        within_s: At most, in seconds.
        quiet_s: After this long without another byte the answer counts as whole, in seconds.
    """

    within_s: float
    quiet_s: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that arrived together.

    Attributes:
        at_s: Seconds since the client began to connect.
        size_bytes: How many.
    """

    at_s: float
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one client saw of one connection.

    Attributes:
        pieces: What arrived, in order.
        end: How it ended.
        ended_s: When it ended, or the client stopped to watch, in seconds since it began to connect.
    """

    pieces: tuple[Piece, ...]
    end: End
    ended_s: float

    @property
    def size_bytes(self) -> int:
        """How many bytes arrived."""
        return sum(piece.size_bytes for piece in self.pieces)

    @property
    def reacted_s(self) -> float:
        """Time until the first byte, or until the end where none came, in seconds."""
        return self.pieces[0].at_s if self.pieces else self.ended_s

    @property
    def last_byte_s(self) -> float:
        """Time until the last byte, or until the end where none came, in seconds."""
        return self.pieces[-1].at_s if self.pieces else self.ended_s

    @property
    def is_answered(self) -> bool:
        """True where at least one byte came."""
        return bool(self.pieces)

    @property
    def is_ended(self) -> bool:
        """True where the other side ended it.

        One that closes before it has read all that it was sent resets (RFC 1122, section 4.2.2.13).
        """
        return self.end in {End.CLOSED, End.RESET}

    def __str__(self) -> str:
        if not self.pieces:
            return f"no byte, {self.end} after {self.ended_s * 1000:.0f} ms"
        return f"first byte after {self.reacted_s * 1000:.0f} ms, {self.size_bytes} bytes, {self.end}"


def converse(address: Address, question: Question, patience: Patience) -> Conversation:
    """Connect, send the question, and watch what comes."""
    started = time.monotonic()
    pieces: list[Piece] = []
    try:
        with _connected(address, question, patience.within_s) as client:
            client.sendall(question.payload)
            end = _listen(client, started, patience, pieces)
    except TimeoutError:
        end = End.OPEN
    except ConnectionRefusedError:
        end = End.REFUSED
    except OSError:  # reset, or a TLS handshake that broke off
        end = End.RESET
    return Conversation(tuple(pieces), end, time.monotonic() - started)


def _connected(address: Address, question: Question, within_s: float) -> socket.socket:
    client = socket.socket()
    if question.is_tls:  # before it connects: a socket that is reset between the two would be lost in ssl
        client = _UNVERIFIED.wrap_socket(client)
    try:
        client.settimeout(within_s)
        client.connect((address.host, address.port))
    except BaseException:
        client.close()
        raise
    return client


def client_hello() -> Question:
    """The first bytes of a TLS client: what comes back is seen as it arrives, not as TLS puts it together."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        _UNVERIFIED.wrap_bio(incoming, outgoing).do_handshake()
    return Question(outgoing.read())


def _listen(client: socket.socket, started: float, patience: Patience, pieces: list[Piece]) -> End:
    """Note what arrives until the connection or the patience ends."""
    while True:
        whole_s = pieces[-1].at_s + patience.quiet_s if pieces else patience.within_s
        left_s = min(whole_s, patience.within_s) - (time.monotonic() - started)
        if left_s <= 0:
            return End.OPEN
        client.settimeout(left_s)
        chunk = client.recv(65536)
        if not chunk:
            return End.CLOSED
        pieces.append(Piece(time.monotonic() - started, len(chunk)))


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


_UNVERIFIED = _unverified()
