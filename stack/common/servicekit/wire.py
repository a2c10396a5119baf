"""Client side of mime-server's wire protocol: one JSON line per request, and bodies of a stated size."""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Self

CHUNK_BYTES = 64 * 1024
LINE_LIMIT_BYTES = 1024 * 1024
"""Longest answer line that is accepted. A LIST page of 1000 names has about 80 KB."""


class MimeError(Exception):
    """A transfer failed; `code` is the reason as one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MimeRefusedError(MimeError):
    """The server answered with an error line: its code and message."""


class MimeUnavailableError(MimeError):
    """The server cannot be reached, stopped answering, or broke the protocol."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mime-server listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `host:port`.

        Raises:
            ValueError: The text has another form.
        """
        host, colon, port = text.rpartition(":")
        if not (host and colon and port.isdecimal() and 0 < int(port) < 1 << 16):
            raise ValueError(f"expected host:port, as mime-server:65432, saw {text!r}")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a client waits for a connection, and for each next part of an answer."""

    connect_s: float = 2.0
    silence_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file to send. With `sha256` (hex), the server checks what it receives."""

    mime_type: str
    size_bytes: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's acknowledgement: the file is complete under its final name."""

    stored_as: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """Header of a file that the server is about to send."""

    name: str
    mime_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A stored file in the list."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Page:
    """Part of the list of stored files, sorted by name; `next_after` is empty on the last page."""

    files: tuple[ListedFile, ...]
    next_after: str
    total_files: int
    total_bytes: int


class MimeConnection:
    """One connection, for one request after the other."""

    def __init__(
        self, address: Address, timeouts: Timeouts, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._address = address
        self._timeouts = timeouts
        self._reader = reader
        self._writer = writer

    async def ping(self) -> None:
        """Check that the server answers.

        Raises:
            MimeError: It does not.
        """
        with _translated(self._address):
            self._writer.write(b"PING\n")
            answer = await self._line()
        if answer != b"PONG\n":
            _parsed(answer)  # an error line, such as too_many_connections, is the better reason
            raise MimeUnavailableError("protocol", f"{self._address}: expected PONG, saw {answer[:100]!r}")

    async def send(self, outgoing: Outgoing, chunks: AsyncIterable[bytes]) -> Receipt:
        """Send a file, and return the server's receipt. The chunks must have `size_bytes` in total.

        Raises:
            MimeError: It was refused, or the connection failed; in that case the file may or may not be stored.
        """
        header: dict[str, object] = {"mime_type": outgoing.mime_type, "size": outgoing.size_bytes}
        if outgoing.sha256:
            header["sha256"] = outgoing.sha256
        answer = asyncio.create_task(self._reader.readline())
        try:
            await self._write_until_answered(header, chunks, answer)
            with _translated(self._address):
                async with asyncio.timeout(self._timeouts.silence_s):
                    fields = _parsed(await answer)
        finally:
            answer.cancel()
            await asyncio.gather(answer, return_exceptions=True)
        return Receipt(_text(fields, "stored_as"), _whole(fields, "size"), _text(fields, "sha256"))

    async def receive(self, name: str) -> Incoming:
        """Ask for a stored file; `body` must then be read to the end.

        Raises:
            MimeError: No such file is stored, or the connection failed.
        """
        fields = await self._ask({"command": "RECEIVE", "name": name})
        return Incoming(
            _text(fields, "name"), _text(fields, "mime_type"), _whole(fields, "size"), _text(fields, "sha256")
        )

    async def body(self, size_bytes: int) -> AsyncIterator[bytes]:
        """Yield the bytes that follow a file's header.

        Raises:
            MimeError: The connection failed before all of them had arrived.
        """
        left = size_bytes
        while left:
            with _translated(self._address):
                async with asyncio.timeout(self._timeouts.silence_s):
                    chunk = await self._reader.read(min(left, CHUNK_BYTES))
            if not chunk:
                raise MimeUnavailableError("broken", f"{self._address} closed the connection {left} bytes early")
            left -= len(chunk)
            yield chunk

    async def list_files(self, *, limit: int, after: str = "") -> Page:
        """List at most `limit` stored files whose names come after `after`.

        Raises:
            MimeError: The server refused, or the connection failed.
        """
        fields = await self._ask({"command": "LIST", "limit": limit, "after": after})
        entries = fields.get("files")
        if not isinstance(entries, list):
            raise MimeUnavailableError("protocol", f"expected a list of files, saw {entries!r}")
        files = tuple(ListedFile(_text(entry, "name"), _whole(entry, "size")) for entry in entries)
        return Page(files, _text(fields, "next"), _whole(fields, "total_files"), _whole(fields, "total_bytes"))

    async def _ask(self, request: dict[str, object]) -> dict[str, object]:
        with _translated(self._address):
            self._writer.write(_encoded(request))
            return _parsed(await self._line())

    async def _line(self) -> bytes:
        async with asyncio.timeout(self._timeouts.silence_s):
            return await self._reader.readline()

    async def _write_until_answered(
        self, header: dict[str, object], chunks: AsyncIterable[bytes], answer: asyncio.Task[bytes]
    ) -> None:
        """Write header and body, but stop if the server answers early: then it has refused, and reads no further."""
        self._writer.write(_encoded(header))
        async for chunk in chunks:
            if answer.done():
                return
            self._writer.write(chunk)
            with _translated(self._address):
                async with asyncio.timeout(self._timeouts.silence_s):
                    try:
                        await self._writer.drain()
                    except ConnectionError:
                        return  # the answer shows which: an earlier refusal, or the broken connection


@asynccontextmanager
async def connected(address: Address, timeouts: Timeouts) -> AsyncIterator[MimeConnection]:
    """Connect to a mime-server for as long as the block runs.

    Raises:
        MimeUnavailableError: It cannot be reached within `connect_s`.
    """
    with _translated(address):
        async with asyncio.timeout(timeouts.connect_s):
            reader, writer = await asyncio.open_connection(address.host, address.port, limit=LINE_LIMIT_BYTES)
    try:
        yield MimeConnection(address, timeouts, reader, writer)
    finally:
        writer.transport.abort()  # nothing is outstanding, and an orderly close could wait for a peer that is gone


async def why_unreachable(address: Address, within_s: float) -> str:
    """Why a mime-server does not answer PING in time; an empty text if it does."""
    try:
        async with asyncio.timeout(within_s), connected(address, Timeouts(within_s, within_s)) as connection:
            await connection.ping()
    except TimeoutError:
        return f"{address} did not answer PING within {within_s} s"
    except MimeError as error:
        return str(error)
    return ""


@contextmanager
def _translated(address: Address) -> Iterator[None]:
    """Raise every network failure as `MimeUnavailableError`."""
    try:
        yield
    except TimeoutError as error:
        raise MimeUnavailableError("timeout", f"{address} did not answer in time") from error
    except OSError as error:
        raise MimeUnavailableError("unreachable", f"{address} cannot be reached: {error}") from error


def _encoded(request: dict[str, object]) -> bytes:
    return json.dumps(request).encode() + b"\n"


def _parsed(line: bytes) -> dict[str, object]:
    if not line.endswith(b"\n"):
        raise MimeUnavailableError("broken", "the server closed the connection before its answer was complete")
    try:
        fields = json.loads(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise MimeUnavailableError("protocol", f"expected a JSON object, saw {line[:100]!r}")
    if fields.get("status") != "ok":
        raise MimeRefusedError(
            str(fields.get("code", "unknown")), str(fields.get("message", "the server gave no reason"))
        )
    return fields


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise MimeUnavailableError("protocol", f"expected a text as {name!r}, saw {value!r}")
    return value


def _whole(fields: dict[str, object], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int):
        raise MimeUnavailableError("protocol", f"expected a whole number as {name!r}, saw {value!r}")
    return value
