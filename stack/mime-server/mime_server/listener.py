"""Accepts connections up to a limit, and drains them when the server stops."""

import asyncio
import logging
from collections.abc import Iterable

from mime_server.connection import Connection, Service

STREAM_LIMIT_BYTES = 64 * 1024
BACKLOG = 1024

log = logging.getLogger(__name__)


class Listener:
    """The socket server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._server: asyncio.Server | None = None
        self._draining = False
        service.metrics.connections.set_function(lambda: len(self._connections))

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port; port 0 picks a free one."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=STREAM_LIMIT_BYTES, backlog=BACKLOG)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    @property
    def accepting(self) -> bool:
        """Whether new connections are accepted."""
        return self._server is not None and self._server.is_serving()

    @property
    def draining(self) -> bool:
        """Whether the server is shutting down."""
        return self._draining

    async def drain(self) -> None:
        """Stop accepting, let requests in flight finish within `drain_s`, and cancel the rest."""
        self._draining = True
        if self._server:
            self._server.close()
        for connection, task in self._connections.items():
            connection.draining = True
            if connection.idle:
                task.cancel()
        left = await _unfinished(self._connections.values(), self._service.settings.drain_s)
        for task in left:
            task.cancel()
        await _unfinished(left, self._service.settings.drain_s)
        log.info("drained", extra={"fields": {"cut_off": len(left)}})

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(self._service, reader, writer)
        connection.draining = self._draining  # it may have been accepted just before the socket closed
        if len(self._connections) >= self._service.settings.max_connections:
            await connection.turn_away()
            return
        self._connections[connection] = task = asyncio.create_task(connection.run())
        try:
            await asyncio.wait([task])
        finally:
            del self._connections[connection]


async def _unfinished(tasks: Iterable[asyncio.Task[None]], within_s: float) -> set[asyncio.Task[None]]:
    """Wait for tasks to end, and return those that did not."""
    waited = set(tasks)
    if not waited:
        return waited
    _, left = await asyncio.wait(waited, timeout=within_s)
    return left
