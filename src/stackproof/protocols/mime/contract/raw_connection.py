"""A connection that sends exactly the bytes it is given; every wait on it has a deadline."""

import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import Final

_CHUNK_BYTES: Final = 256 * 1024
_RESET: Final = struct.pack("ii", 1, 0)
"""``SO_LINGER`` on, for 0 s: closing sends RST (socket(7))."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Address of the server under test.

    Attributes:
        host: Host name or address.
        port: TCP port.
        deadline_s: How long an answer may take, in seconds: a bound on hanging, not a promise of speed.
    """

    host: str
    port: int
    deadline_s: float = 10.0


class RawConnection:
    """A connection.

    Args:
        server: The server.

    Raises:
        OSError: The server does not accept a connection.
    """

    def __init__(self, server: ServerAddress) -> None:
        self._deadline_s = server.deadline_s
        self._socket = socket.create_connection((server.host, server.port), server.deadline_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)  # noqa: FBT003 - the socket's own interface
        self._received = bytearray()
        self._ended = False

    def send(self, data: bytes) -> None:
        """Send bytes, and receive meanwhile: a server may wait for that before it reads on.

        It is no error if the server has closed the connection; the answers show that later.

        Raises:
            TimeoutError: The server neither reads nor sends anything.
        """
        rest = memoryview(data)
        ends_s = time.monotonic() + self._deadline_s
        while rest and not self._ended:
            ready = self._ready(select.POLLIN | select.POLLOUT, _left_s(ends_s))
            if ready & ~select.POLLOUT:
                self._receive()
            if ready & select.POLLOUT:
                try:
                    rest = rest[self._socket.send(rest) :]
                except BlockingIOError:
                    continue
                except ConnectionError:
                    return
            if not ready:
                raise TimeoutError("the server reads no more")

    def line(self, most_bytes: int) -> bytes:
        """Read the next line, its line feed included.

        Raises:
            TimeoutError: It did not come in time.
            ConnectionError: The connection ended first.
            ValueError: It is longer than this.
        """
        ends_s = time.monotonic() + self._deadline_s
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > most_bytes:
                raise ValueError(f"a line of more than {most_bytes} bytes")
            self._wait(ends_s)
        return self._cut(end + 1)

    def exactly(self, size_bytes: int) -> bytes:
        """Read exactly this many bytes.

        Raises:
            TimeoutError: They did not come in time.
            ConnectionError: The connection ended first.
        """
        ends_s = time.monotonic() + self._deadline_s
        while len(self._received) < size_bytes:
            self._wait(ends_s)
        return self._cut(size_bytes)

    def unasked(self) -> bytes:
        """Read what has arrived, without waiting."""
        while not self._ended and self._ready(select.POLLIN, 0.0):
            self._receive()
        return bytes(self._received)

    def until_end(self) -> bytes:
        """Read everything until the server closes the connection.

        Raises:
            TimeoutError: It does not close it in time.
        """
        ends_s = time.monotonic() + self._deadline_s
        try:
            while True:
                self._wait(ends_s)
        except ConnectionError:
            return bytes(self._received)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def reset(self) -> None:
        """Reset the connection; data in transit is lost."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._socket.close()

    def _cut(self, size_bytes: int) -> bytes:
        data = bytes(self._received[:size_bytes])
        del self._received[:size_bytes]
        return data

    def _wait(self, ends_s: float) -> None:
        if self._ended:
            raise ConnectionAbortedError(f"after {bytes(self._received[:100])!r}")
        if not self._ready(select.POLLIN, _left_s(ends_s)):
            raise TimeoutError(f"after {bytes(self._received[:100])!r}")
        self._receive()

    def _ready(self, wanted: int, within_s: float) -> int:
        """Return which of these events the socket is ready for; the end or an error is read like bytes."""
        poll = select.poll()
        poll.register(self._socket, wanted)
        return next((events for _, events in poll.poll(within_s * 1000)), 0)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        self._ended = not data
        self._received += data


def _left_s(ends_s: float) -> float:
    return max(0.0, ends_s - time.monotonic())
