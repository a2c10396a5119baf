"""One connection of a load, and the pool of idle connections."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from stackproof.model import Outcome
from stackproof.protocols.interface import AnswerReader, ExchangeResult, OutgoingRequest

_IDLE_LIMIT_S = 2.0


@dataclass(slots=True, eq=False)
class Exchange:
    """An open request.

    Attributes:
        number: Its number in the load, from 0.
        intended_s: When it should have been sent, on the monotonic clock.
        started_s: When it was sent, on the monotonic clock.
        request: What is sent.
        connection: Its connection, once it has one.
        connecting: The task that opens a connection for it, until it is open.
    """

    number: int
    intended_s: float
    started_s: float
    request: OutgoingRequest
    connection: "Connection | None" = None
    connecting: asyncio.Task[None] | None = None


Ended = Callable[[Exchange, ExchangeResult], None]


class Connection(asyncio.Protocol):
    """Carries one exchange at a time.

    Args:
        reader: Reads the answers.
        ended: Called with every exchange that ends here.
    """

    def __init__(self, reader: AnswerReader, ended: Ended) -> None:
        self._reader = reader
        self._ended = ended
        self._exchange: Exchange | None = None
        self._transport: asyncio.Transport | None = None
        self.idle_since_s = 0.0

    @property
    def usable(self) -> bool:
        """True if a request can be sent on it now."""
        return self._transport is not None and self._exchange is None

    def begin(self, exchange: Exchange) -> None:
        """Send a request."""
        exchange.connection = self
        self._exchange = exchange
        self._reader.expect(exchange.request)
        if self._transport is None:
            self._end(ExchangeResult(Outcome.CLOSED))
        else:
            self._transport.writelines(exchange.request.chunks)

    def abandon(self) -> None:
        """Close the connection at once; its exchange is not reported."""
        self._exchange = None
        self._close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are of no class of asyncio's

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        result = self._reader.feed(data) if self._exchange is not None else _UNASKED
        if result is not None:
            if not result.reusable:
                self._close()
            self._end(result)

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the event loop, once; without an error if the server closed the connection normally."""
        self._transport = None
        self._end(self._reader.end() if error is None else network_failure(error))

    def _end(self, result: ExchangeResult) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            self._ended(exchange, result)

    def _close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()


_UNASKED = ExchangeResult(Outcome.WRONG, "unasked")


def network_failure(error: BaseException) -> ExchangeResult:
    """Classify an error of the network that ended a request."""
    match error:
        case ConnectionRefusedError():
            return ExchangeResult(Outcome.REFUSED)
        case ConnectionResetError() | BrokenPipeError():
            return ExchangeResult(Outcome.RESET)
        case TimeoutError():
            return ExchangeResult(Outcome.TIMEOUT)
        case _:
            return ExchangeResult(Outcome.RESET, type(error).__name__)


def connect_failure(error: BaseException) -> ExchangeResult:
    """Classify an error in opening a connection: an unknown or unreachable host counts as refused."""
    result = network_failure(error)
    return ExchangeResult(Outcome.REFUSED, result.detail) if result.detail else result


class ConnectionPool:
    """Idle connections, the last used on top.

    A connection that was idle for long is not used again, because the server may be about to close it: a request lost
    that way would say nothing about the service, and to send it again could hide a real loss. Such a connection is
    closed, not kept: after a burst, a load that kept its connections would take the places of all other clients.
    """

    def __init__(self) -> None:
        self._idle: deque[Connection] = deque()

    def give(self, connection: Connection) -> None:
        """Put a connection back."""
        connection.idle_since_s = time.monotonic()
        self._idle.append(connection)

    def take(self, now_s: float) -> Connection | None:
        """Take the connection that was used last, if one can be used again; close those that were idle for long."""
        while self._idle and now_s - self._idle[0].idle_since_s > _IDLE_LIMIT_S:
            self._idle.popleft().abandon()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        return None

    def close(self) -> None:
        """Close them all."""
        while self._idle:
            self._idle.pop().abandon()
