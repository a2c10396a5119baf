"""A connection on which each byte is ours to say; every wait on it has a deadline."""

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
class Server:
    """Where the server is.

    Attributes:
        host: Host name or address.
        port: TCP port.
        deadline_s: How long an answer may take, in seconds: a bound on hanging, no promise of speed.
    """

    host: str
    port: int
    deadline_s: float = 10.0


class Wire:
    """A connection.

    Args:
        server: Where to.

    Raises:
        OSError: There is none to be had.
    """

    def __init__(self, server: Server) -> None:
        self._deadline_s = server.deadline_s
        self._socket = socket.create_connection((server.host, server.port), server.deadline_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)  # noqa: FBT003 - the socket's own way
        self._heard = bytearray()
        self._ended = False

    def send(self, data: bytes) -> None:
        """Send bytes, and take in what comes meanwhile: a server may wait for that before it reads on.

        Whether the server still listens is no matter here; what it has to say is heard later.

        Raises:
            TimeoutError: It neither takes nor gives anything.
        """
        rest = memoryview(data)
        ends_s = time.monotonic() + self._deadline_s
        while rest and not self._ended:
            ready = self._ready(select.POLLIN | select.POLLOUT, _left_s(ends_s))
            if ready & ~select.POLLOUT:
                self._take()
            if ready & select.POLLOUT:
                try:
                    rest = rest[self._socket.send(rest) :]
                except BlockingIOError:
                    continue
                except ConnectionError:
                    return
            if not ready:
                raise TimeoutError("the server takes no more")

    def line(self, most_bytes: int) -> bytes:
        """The next line, its end included.

        Raises:
            TimeoutError: It did not come in time.
            ConnectionError: The connection ended first.
            ValueError: It is longer than this.
        """
        ends_s = time.monotonic() + self._deadline_s
        while (end := self._heard.find(b"\n")) < 0:
            if len(self._heard) > most_bytes:
                raise ValueError(f"a line of more than {most_bytes} bytes")
            self._wait(ends_s)
        return self._cut(end + 1)

    def exactly(self, size_bytes: int) -> bytes:
        """So many bytes.

        Raises:
            TimeoutError: They did not come in time.
            ConnectionError: The connection ended first.
        """
        ends_s = time.monotonic() + self._deadline_s
        while len(self._heard) < size_bytes:
            self._wait(ends_s)
        return self._cut(size_bytes)

    def unasked(self) -> bytes:
        """What is there now, without waiting."""
        while not self._ended and self._ready(select.POLLIN, 0.0):
            self._take()
        return bytes(self._heard)

    def until_end(self) -> bytes:
        """All that comes until the server ends the connection.

        Raises:
            TimeoutError: It does not.
        """
        ends_s = time.monotonic() + self._deadline_s
        try:
            while True:
                self._wait(ends_s)
        except ConnectionError:
            return bytes(self._heard)

    def leave(self) -> None:
        """End the connection in order."""
        self._socket.close()

    def reset(self) -> None:
        """Tear the connection down; what is on the way is lost."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._socket.close()

    def _cut(self, size_bytes: int) -> bytes:
        data = bytes(self._heard[:size_bytes])
        del self._heard[:size_bytes]
        return data

    def _wait(self, ends_s: float) -> None:
        if self._ended:
            raise ConnectionAbortedError(f"after {bytes(self._heard[:100])!r}")
        if not self._ready(select.POLLIN, _left_s(ends_s)):
            raise TimeoutError(f"after {bytes(self._heard[:100])!r}")
        self._take()

    def _ready(self, wanted: int, within_s: float) -> int:
        """What of this the socket is ready for; an end or an error is read like bytes."""
        poll = select.poll()
        poll.register(self._socket, wanted)
        return next((events for _, events in poll.poll(within_s * 1000)), 0)

    def _take(self) -> None:
        try:
            data = self._socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        self._ended = not data
        self._heard += data


def _left_s(ends_s: float) -> float:
    return max(0.0, ends_s - time.monotonic())
