"""The client's side of mime-server's wire protocol: one JSON line a request, and length-prefixed bodies."""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Self

CHUNK_BYTES = 64 * 1024
LINE_LIMIT_BYTES = 1024 * 1024
"""The longest answer line taken: a LIST page of 1000 names has some 80 KB."""


class MimeError(Exception):
    """A transfer did not succeed; `code` says why in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MimeRefusedError(MimeError):
    """The server answered with an error line: its code, its message."""


class MimeUnavailableError(MimeError):
    """The server can't be reached, fell silent, or broke the protocol."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mime-server listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `host:port`.

        Raises:
            ValueError: It is no such thing.
        """
        host, colon, port = text.rpartition(":")
        if not (host and colon and port.isdecimal() and 0 < int(port) < 1 << 16):
            raise ValueError(f"expected host:port, as mime-server:65432, saw {text!r}")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a client waits: for a connection, and for each next piece of an answer."""

    connect_s: float = 2.0
    silence_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file about to be sent; with `sha256` (hex) the server checks what arrives."""

    mime_type: str
    size_bytes: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's word that a file is whole under its final name."""

    stored_as: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """The head of a file that the server is about to send."""

    name: str
    mime_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A stored file, as LIST names it."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Page:
    """Part of the list of stored files, in the order of their names; `next_after` is empty on the last one."""

    files: tuple[ListedFile, ...]
    next_after: str
    total_files: int
    total_bytes: int


class MimeConnection:
    """One connection; its requests follow each other."""

    def __init__(
        self, address: Address, timeouts: Timeouts, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._address = address
        self._timeouts = timeouts
        self._reader = reader
        self._writer = writer

    async def ping(self) -> None:
        """Ask for a sign of life.

        Raises:
            MimeError: There is none.
        """
        with _translated(self._address):
            self._writer.write(b"PING\n")
            answer = await self._line()
        if answer != b"PONG\n":
            _parsed(answer)  # an error line, as one that says that the server is full, tells more than we can
            raise MimeUnavailableError("protocol", f"{self._address}: expected PONG, saw {answer[:100]!r}")

    async def send(self, outgoing: Outgoing, chunks: AsyncIterable[bytes]) -> Receipt:
        """Send a file, and give the server's receipt; the chunks must have `size_bytes` in all.

        Raises:
            MimeError: It was refused, or the connection failed: then nobody knows whether it is stored.
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
        """Ask for a stored file; `body` must then be read to its end.

        Raises:
            MimeError: There is no such file, or the connection failed.
        """
        fields = await self._ask({"command": "RECEIVE", "name": name})
        return Incoming(
            _text(fields, "name"), _text(fields, "mime_type"), _whole(fields, "size"), _text(fields, "sha256")
        )

    async def body(self, size_bytes: int) -> AsyncIterator[bytes]:
        """Give the bytes that follow the head of a file.

        Raises:
            MimeError: The connection failed before they were all there.
        """
        left = size_bytes
        while left:
            with _translated(self._address):
                async with asyncio.timeout(self._timeouts.silence_s):
                    chunk = await self._reader.read(min(left, CHUNK_BYTES))
            if not chunk:
                raise MimeUnavailableError("broken", f"{self._address} ended the connection {left} bytes early")
            left -= len(chunk)
            yield chunk

    async def list_files(self, *, limit: int, after: str = "") -> Page:
        """Give the stored files whose names come after `after`, `limit` at most.

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
        """Write header and body, but stop when the server answers early: then it refused, and reads no more."""
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
                        return  # the answer tells: a refusal that came first, or the same broken connection


@asynccontextmanager
async def connected(address: Address, timeouts: Timeouts) -> AsyncIterator[MimeConnection]:
    """Connect to a mime-server for as long as the block runs.

    Raises:
        MimeUnavailableError: It can't be reached within `connect_s`.
    """
    with _translated(address):
        async with asyncio.timeout(timeouts.connect_s):
            reader, writer = await asyncio.open_connection(address.host, address.port, limit=LINE_LIMIT_BYTES)
    try:
        yield MimeConnection(address, timeouts, reader, writer)
    finally:
        writer.transport.abort()  # all that matters was answered; an orderly close could wait for a peer that is gone


async def why_unreachable(address: Address, within_s: float) -> str:
    """Give why a mime-server does not answer PING within that time, or an empty text when it does."""
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
    """Say every failure of the network as `MimeUnavailableError`."""
    try:
        yield
    except TimeoutError as error:
        raise MimeUnavailableError("timeout", f"{address} did not answer in time") from error
    except OSError as error:
        raise MimeUnavailableError("unreachable", f"{address} can't be reached: {error}") from error


def _encoded(request: dict[str, object]) -> bytes:
    return json.dumps(request).encode() + b"\n"


def _parsed(line: bytes) -> dict[str, object]:
    if not line.endswith(b"\n"):
        raise MimeUnavailableError("broken", "the server ended the connection before its answer was whole")
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
