"""Sends, receives and lists."""

import hashlib
import mimetypes
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import BinaryIO

from servicekit.wire import CHUNK_BYTES, MimeConnection, MimeUnavailableError, Outgoing, Timeouts, connected

from mime_client.options import Command, Options

PAGE_FILES = 1000


async def run(options: Options) -> None:
    """Run the command, and print its result.

    Raises:
        MimeError: The server refused, or failed.
        OSError: A local file cannot be read or written.
    """
    match options.command:
        case Command.SEND:
            await _send(options)
        case Command.RECEIVE:
            async with _connected(options) as connection:
                await _receive(connection, options.subject, options.output or Path(Path(options.subject).name))
        case Command.LIST:
            async with _connected(options) as connection:
                await _list(connection)


def _connected(options: Options) -> AbstractAsyncContextManager[MimeConnection]:
    return connected(options.server, Timeouts(silence_s=options.silence_s))


async def _send(options: Options) -> None:
    path = Path(options.subject)
    with path.open("rb") as file:  # noqa: ASYNC230 - this process has nothing else to do
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        outgoing = Outgoing(options.mime_type or _type_of(path), file.tell(), sha256)
        file.seek(0)
        async with _connected(options) as connection:
            receipt = await connection.send(outgoing, _chunks(file))
    sys.stdout.write(f"{receipt.stored_as}\n")


async def _receive(connection: MimeConnection, name: str, path: Path) -> None:
    """Fetch a file; it gets its name only once it is complete and its digest is right."""
    incoming = await connection.receive(name)
    part = path.with_name(f"{path.name}.part")
    sha256 = hashlib.sha256()
    try:
        with part.open("wb") as file:
            async for chunk in connection.body(incoming.size_bytes):
                sha256.update(chunk)
                file.write(chunk)
        if sha256.hexdigest() != incoming.sha256:
            raise MimeUnavailableError("digest_mismatch", f"the bytes of {name} differ from those that were stored")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sys.stdout.write(f"{path}\n")


async def _list(connection: MimeConnection) -> None:
    after = ""
    while True:
        page = await connection.list_files(limit=PAGE_FILES, after=after)
        for file in page.files:
            sys.stdout.write(f"{file.size_bytes:>12} {file.name}\n")
        if not page.next_after:
            return
        after = page.next_after


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _type_of(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"
