"""The bytes that follow a SEND line: read in bounded pieces, never past their end."""

import asyncio

CHUNK_BYTES = 64 * 1024


class Body:
    """Counts down what is still to come, so that whatever happens the next request's beginning is known."""

    def __init__(self, reader: asyncio.StreamReader, size_bytes: int, idle_s: float) -> None:
        self._reader = reader
        self._idle_s = idle_s
        self._left_bytes = size_bytes

    @property
    def left_bytes(self) -> int:
        """How many bytes are still to come."""
        return self._left_bytes

    async def chunk(self) -> bytes:
        """Read the next chunk: a full one, or what is left.

        Raises:
            TimeoutError: No byte came for `idle_s`.
            ConnectionError: The client ended the connection.
        """
        wanted = min(self._left_bytes, CHUNK_BYTES)
        pieces = bytearray()
        while len(pieces) < wanted:
            async with asyncio.timeout(self._idle_s):
                piece = await self._reader.read(wanted - len(pieces))
            if not piece:
                raise ConnectionError(f"the client left with {self._left_bytes} bytes to come")
            self._left_bytes -= len(piece)
            pieces += piece
        return bytes(pieces)

    async def skip(self) -> None:
        """Read past the rest.

        Raises:
            TimeoutError: No byte came for `idle_s`.
            ConnectionError: The client ended the connection.
        """
        while self._left_bytes:
            await self.chunk()
