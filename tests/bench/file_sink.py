"""A server of the socket protocol that acknowledges and discards files, to measure the generator's cost.

``python file_sink.py PORT``
"""

import asyncio
import hashlib
import json
import sys
from typing import cast

import uvloop


class FileSink(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self._data += data
        while (length_bytes := self._data.find(b"\n") + 1) and self._take(length_bytes):
            continue

    def _take(self, header_bytes: int) -> bool:
        """Acknowledge the first file if it is complete."""
        size_bytes = json.loads(self._data[:header_bytes])["size"]
        body = self._data[header_bytes : header_bytes + size_bytes]
        if len(body) < size_bytes:
            return False
        self._data = self._data[header_bytes + size_bytes :]
        sha256 = hashlib.sha256(body).hexdigest()
        fields = {"status": "ok", "stored_as": f"received_{sha256[:16]}.plain", "size": size_bytes, "sha256": sha256}
        self._transport.write(json.dumps(fields).encode() + b"\n")
        return True


async def main(port: int) -> None:
    """Serve until the process is stopped."""
    server = await asyncio.get_running_loop().create_server(FileSink, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
