"""A real mime-server on loopback, and a client that sends exactly the given bytes."""

import json
import socket
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from mime_server.server import Ports, running
from mime_server.settings import Durability, Settings

from testkit.waiting import wait_until

LOOPBACK = "127.0.0.1"
MAX_SIZE_BYTES = 8 * 1024 * 1024
WITHIN_S = 30.0

Answer = dict[str, object]


def mime_settings(folder: Path) -> Settings:
    """Settings for tests: limits small enough to reach, times too long to expire."""
    return Settings(
        storage_dir=folder,
        max_size_bytes=MAX_SIZE_BYTES,
        allowed_types=frozenset({"text/plain", "application/pdf", "image/jpeg"}),
        allowed_users=frozenset(),
        durability=Durability.FSYNC,
        max_connections=16,
        idle_s=WITHIN_S,
        request_s=WITHIN_S,
        drain_s=WITHIN_S,
        disk_threads=4,
    )


def mime_server(settings: Settings) -> AbstractAsyncContextManager[Ports]:
    """A server on free ports of loopback, not started yet."""
    return running(settings, Ports(0, 0, 0), LOOPBACK)


class RawClient:
    """A connection on which a test sends raw bytes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((LOOPBACK, port), WITHIN_S)
        self._answers = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        self._answers.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def send_file(self, body: bytes, mime_type: str = "text/plain", **fields: object) -> None:
        """Send a file, with more header fields if given."""
        self.send(json.dumps({"mime_type": mime_type, "size": len(body), **fields}).encode() + b"\n" + body)

    def ask(self, **fields: object) -> Answer:
        """Send a request without a body, and return the answer."""
        self.send(json.dumps(fields).encode() + b"\n")
        return self.answer()

    def line(self) -> bytes:
        """Read a line; no bytes if the server has closed the connection."""
        return self._answers.readline()

    def answer(self) -> Answer:
        """Read an answer line."""
        fields: Answer = json.loads(self.line())
        return fields

    def read(self, size_bytes: int) -> bytes:
        """Read that many bytes, or fewer if the server closes the connection."""
        return self._answers.read(size_bytes)

    def wait_until_read(self) -> None:
        """Wait until the server has read everything from its socket (Linux: rx_queue in /proc/net/tcp)."""
        wait_until(lambda: self._unread_bytes() == 0)

    def _unread_bytes(self) -> int:
        server = f":{self.socket.getpeername()[1]:04X}"
        client = f":{self.socket.getsockname()[1]:04X}"
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
            _, local, remote, _, queues, *_ = line.split()
            if local.endswith(server) and remote.endswith(client):
                return int(queues.partition(":")[2], 16)
        return -1

    def still_answers(self) -> bool:
        """Whether the connection accepts another request."""
        self.send(b"PING\n")
        return self.line() == b"PONG\n"
