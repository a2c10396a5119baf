"""The body that follows a SEND line: read in bounded chunks, never past its end."""

import asyncio

CHUNK_BYTES = 64 * 1024


class Body:
    """Counts the remaining bytes, so that the start of the next request is known whatever happens."""

    def __init__(self, reader: asyncio.StreamReader, size_bytes: int, idle_s: float) -> None:
        self._reader = reader
        self._idle_s = idle_s
        self._left_bytes = size_bytes

    @property
    def left_bytes(self) -> int:
        """Bytes that have not been read yet."""
        return self._left_bytes

    async def chunk(self) -> bytes:
        """Read the next chunk: a full one, or the rest.

        Raises:
            TimeoutError: No byte arrived for `idle_s`.
            ConnectionError: The client closed the connection.
        """
        wanted = min(self._left_bytes, CHUNK_BYTES)
        pieces = bytearray()
        while len(pieces) < wanted:
            async with asyncio.timeout(self._idle_s):
                piece = await self._reader.read(wanted - len(pieces))
            if not piece:
                raise ConnectionError(f"the client disconnected {self._left_bytes} bytes early")
            self._left_bytes -= len(piece)
            pieces += piece
        return bytes(pieces)

    async def skip(self) -> None:
        """Read and discard the rest.

        Raises:
            TimeoutError: No byte arrived for `idle_s`.
            ConnectionError: The client closed the connection.
        """
        while self._left_bytes:
            await self.chunk()
