"""What a client of a port observes: the evidence for most faults.

A connection alone proves nothing, since a proxy accepts it whatever the state of the service behind it. So the client
sends bytes that make the service respond, or close the connection.
"""

import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from stackproof.engine.port import Address


class ConnectionEnd(StrEnum):
    """How a connection ended."""

    OPEN = "stayed open"
    CLOSED = "closed"
    RESET = "reset"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PortRequest:
    """Bytes that make a service respond.

    Attributes:
        payload: The bytes.
        is_tls: True to send them through TLS; the server's certificate is not verified.
    """

    payload: bytes
    is_tls: bool = False

    def times(self, count: int) -> "PortRequest":
        """The same request several times in a row on one connection."""
        return replace(self, payload=self.payload * count)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client waits.

    Attributes:
        within_s: In total, in seconds.
        quiet_s: For another byte before it takes the answer for complete, in seconds.
    """

    within_s: float
    quiet_s: float


BRIEF = Patience(within_s=1.0, quiet_s=0.1)
"""Long enough for a service on this machine to answer a short request."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that arrived together.

    Attributes:
        at_s: When they arrived, in seconds since the client began to connect.
        size_bytes: How many bytes.
    """

    at_s: float
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ClientView:
    """What a client observed on one connection.

    Attributes:
        chunks: What arrived, in order.
        end: How the connection ended.
        ended_s: When it ended, or the client stopped waiting, in seconds since it began to connect.
    """

    chunks: tuple[Chunk, ...]
    end: ConnectionEnd
    ended_s: float

    @property
    def size_bytes(self) -> int:
        """How many bytes arrived."""
        return sum(chunk.size_bytes for chunk in self.chunks)

    @property
    def reacted_s(self) -> float:
        """Time until the first byte, or until the end if there was none, in seconds."""
        return self.chunks[0].at_s if self.chunks else self.ended_s

    @property
    def last_byte_s(self) -> float:
        """Time until the last byte, or until the end if there was none, in seconds."""
        return self.chunks[-1].at_s if self.chunks else self.ended_s

    @property
    def is_answered(self) -> bool:
        """True if at least one byte arrived."""
        return bool(self.chunks)

    @property
    def was_closed(self) -> bool:
        """True if the other side ended the connection.

        A server that closes before it has read everything sends a reset (RFC 1122, section 4.2.2.13).
        """
        return self.end in {ConnectionEnd.CLOSED, ConnectionEnd.RESET}

    def __str__(self) -> str:
        if not self.chunks:
            return f"no byte, {self.end} after {self.ended_s * 1000:.0f} ms"
        return f"first byte after {self.reacted_s * 1000:.0f} ms, {self.size_bytes} bytes, {self.end}"


def watch_reply(address: Address, request: PortRequest, patience: Patience) -> ClientView:
    """Connect, send the request, and watch what comes back."""
    started = time.monotonic()
    chunks: list[Chunk] = []
    try:
        with _connected(address, request, patience.within_s) as client:
            client.sendall(request.payload)
            end = _receive(client, started, patience, chunks)
    except TimeoutError:
        end = ConnectionEnd.OPEN
    except ConnectionRefusedError:
        end = ConnectionEnd.REFUSED
    except OSError:  # a reset, or a TLS handshake that was broken off
        end = ConnectionEnd.RESET
    return ClientView(tuple(chunks), end, time.monotonic() - started)


def _connected(address: Address, request: PortRequest, within_s: float) -> socket.socket:
    client = socket.socket()
    if request.is_tls:  # before it connects: ssl would lose a socket that is reset between the two
        client = UNVERIFIED_TLS.wrap_socket(client)
    try:
        client.settimeout(within_s)
        client.connect((address.host, address.port))
    except BaseException:
        client.close()
        raise
    return client


def client_hello() -> PortRequest:
    """The first bytes of a TLS client: what comes back is seen as it arrives, not as TLS reassembles it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        UNVERIFIED_TLS.wrap_bio(incoming, outgoing).do_handshake()
    return PortRequest(outgoing.read())


def _receive(client: socket.socket, started: float, patience: Patience, chunks: list[Chunk]) -> ConnectionEnd:
    """Collect what arrives until the connection or the patience ends."""
    while True:
        complete_s = chunks[-1].at_s + patience.quiet_s if chunks else patience.within_s
        left_s = min(complete_s, patience.within_s) - (time.monotonic() - started)
        if left_s <= 0:
            return ConnectionEnd.OPEN
        client.settimeout(left_s)
        received = client.recv(65536)
        if not received:
            return ConnectionEnd.CLOSED
        chunks.append(Chunk(time.monotonic() - started, len(received)))


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


UNVERIFIED_TLS = _unverified()
"""TLS for a client that only observes, and sends nothing secret."""
