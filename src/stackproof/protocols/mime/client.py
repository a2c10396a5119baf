"""A small blocking client of the socket protocol, for tests and to read back what a load stored."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from stackproof.model import StackproofError
from stackproof.protocols.mime.terms import PAGE_FILES, MimeCode


class MimeError(StackproofError):
    """The server's answer does not follow the protocol."""


class MimeRefusedError(MimeError):
    """The server answered with an error line.

    Args:
        code: The line's ``code``.
        message: The line's ``message``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"the server refused: {code}: {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's acknowledgement that a file is stored completely, under its final name."""

    stored_as: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Received:
    """A stored file, as the server gives it back; ``sha256`` is the digest that the server names, not computed here."""

    name: str
    mime_type: str
    sha256: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored file, as the server lists it."""

    name: str
    size_bytes: int


class MimeConnection:
    """One connection. Requests are sent one after the other; every wait for the network is bounded.

    All methods raise ``OSError`` (``TimeoutError`` and ``ConnectionError`` are subclasses) if the network fails or the
    server closes the connection, ``MimeRefusedError`` if it answers with an error line, and ``MimeError`` if its answer
    does not follow the protocol.

    Args:
        host: Host name or address.
        port: TCP port.
        timeout_s: How long to wait for a connection, and for each part of an answer, in seconds.
    """

    def __init__(self, host: str, port: int, timeout_s: float = 10.0) -> None:
        self._socket = socket.create_connection((host, port), timeout_s)
        self._answers = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._answers.close()
        self._socket.close()

    def ping(self) -> None:
        """Check that the server answers."""
        self.send_raw(b"PING\n")
        answer = self.read_line()
        if answer != b"PONG\n":
            _fields(answer)  # an error line has a better message
            raise MimeError(f"expected PONG, saw {answer[:100]!r}")

    def send(self, body: bytes, mime_type: str = "text/plain", **header: object) -> Receipt:
        """Store a file.

        Args:
            body: Its bytes.
            mime_type: Its type.
            header: More header fields; a ``size`` replaces the body's own.
        """
        self.send_raw(json.dumps({"mime_type": mime_type, "size": len(body)} | header).encode() + b"\n" + body)
        fields = _fields(self.read_line())
        return Receipt(_text(fields, "stored_as"), _whole(fields, "size"), _text(fields, "sha256"))

    def receive(self, name: str) -> Received:
        """Read a stored file back."""
        fields = self._ask(command="RECEIVE", name=name)
        body = self.read_exactly(_whole(fields, "size"))
        return Received(_text(fields, "name"), _text(fields, "mime_type"), _text(fields, "sha256"), body)

    def list_files(self) -> Iterator[Listed]:
        """List all stored files in the order of their names, page by page."""
        after = ""
        while True:
            fields = self._ask(command="LIST", limit=PAGE_FILES, after=after)
            files = fields.get("files")
            if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
                raise MimeError(f"expected a list of files, saw {files!r}")
            yield from (Listed(_text(file, "name"), _whole(file, "size")) for file in files)
            after = _text(fields, "next")
            if not after:
                return

    def send_raw(self, data: bytes) -> None:
        """Send these bytes."""
        self._socket.sendall(data)

    def read_line(self) -> bytes:
        """Read a line, its line feed included.

        Raises:
            ConnectionAbortedError: The server closed the connection first.
        """
        line = self._answers.readline()
        if not line.endswith(b"\n"):
            raise ConnectionAbortedError(f"the server closed the connection instead of answering, after {line[:100]!r}")
        return line

    def read_exactly(self, size_bytes: int) -> bytes:
        """Read exactly this many bytes.

        Raises:
            ConnectionAbortedError: The server closed the connection first.
        """
        data = self._answers.read(size_bytes)
        if len(data) < size_bytes:
            raise ConnectionAbortedError(f"the server closed the connection after {len(data)} of {size_bytes} bytes")
        return data

    def _ask(self, **request: object) -> dict[str, object]:
        self.send_raw(json.dumps(request).encode() + b"\n")
        return _fields(self.read_line())


def fetch_from(connection: MimeConnection, name: str) -> bytes | None:
    """Fetch the bytes stored under a name; None if the server has no such file. For ``ledger.verify``."""
    try:
        received = connection.receive(name)
    except MimeRefusedError as refusal:
        if refusal.code == MimeCode.NOT_FOUND:
            return None
        raise
    return received.body


def _fields(line: bytes) -> dict[str, object]:
    try:
        fields = json.loads(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise MimeError(f"expected a JSON object on a line, saw {line[:100]!r}")
    if fields.get("status") != "ok":
        raise MimeRefusedError(str(fields.get("code", "")), str(fields.get("message", "")))
    return fields


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise MimeError(f"expected text in the field {name!r}, saw {value!r}")
    return value


def _whole(fields: dict[str, object], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int):
        raise MimeError(f"expected a whole number in the field {name!r}, saw {value!r}")
    return value
