"""Holds a form's file until its size is known: the wire protocol needs the size before the bytes."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import BodyPartReader
from servicekit.wire import CHUNK_BYTES, MimeRefusedError

IN_MEMORY_BYTES = 1024 * 1024


class Spool:
    """A temporary file, in memory while it is small."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115 - closed by `spooled`
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        """Its size."""
        return self._size_bytes

    async def fill(self, part: BodyPartReader, max_size_bytes: int) -> None:
        """Read a part of a form to its end.

        Raises:
            MimeRefusedError: It is not smaller than `max_size_bytes`.
        """
        while not part.at_eof():  # a truncated form returns no bytes, but is not at its end
            chunk = await part.read_chunk(CHUNK_BYTES)
            self._size_bytes += len(chunk)
            if self._size_bytes >= max_size_bytes:
                raise MimeRefusedError("too_large", f"expected a file below {max_size_bytes} bytes")
            await asyncio.to_thread(self._file.write, chunk)
        self._file.seek(0)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield its content from the start."""
        while chunk := await asyncio.to_thread(self._file.read, CHUNK_BYTES):
            yield chunk

    def close(self) -> None:
        """Remove it."""
        self._file.close()


@asynccontextmanager
async def spooled(folder: Path) -> AsyncIterator[Spool]:
    """A spool for as long as the block runs."""
    spool = Spool(folder)
    try:
        yield spool
    finally:
        spool.close()
