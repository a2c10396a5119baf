"""One connection of a load, and the pool of those that wait for their next request."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from stackproof.model import Outcome
from stackproof.protocols.interface import Answer, Reader, Request

_IDLE_LIMIT_S = 2.0


@dataclass(slots=True, eq=False)
class Exchange:
    """A request on its way.

    Attributes:
        number: Its number in the load, from 0.
        intended_s: When it should have been sent, on the monotonic clock.
        started_s: When it was sent.
        request: What is sent.
        connection: What carries it, once there is one.
        connecting: The work of getting a connection, while it has none.
    """

    number: int
    intended_s: float
    started_s: float
    request: Request
    connection: "Connection | None" = None
    connecting: asyncio.Task[None] | None = None


Ended = Callable[[Exchange, Answer], None]


class Connection(asyncio.Protocol):
    """Carries one exchange at a time.

    Args:
        reader: Reads the answers.
        ended: Told of every exchange that ends here.
    """

    def __init__(self, reader: Reader, ended: Ended) -> None:
        self._reader = reader
        self._ended = ended
        self._exchange: Exchange | None = None
        self._transport: asyncio.Transport | None = None
        self.idle_since_s = 0.0

    @property
    def usable(self) -> bool:
        """True where a request can be sent on it now."""
        return self._transport is not None and self._exchange is None

    def begin(self, exchange: Exchange) -> None:
        """Send a request."""
        exchange.connection = self
        self._exchange = exchange
        self._reader.expect(exchange.request)
        if self._transport is None:
            self._end(Answer(Outcome.CLOSED))
        else:
            self._transport.writelines(exchange.request.chunks)

    def abandon(self) -> None:
        """End the connection at once; nobody is told of the exchange that it carried."""
        self._exchange = None
        self._close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are of no class of asyncio's

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        answer = self._reader.feed(data) if self._exchange is not None else _UNASKED
        if answer is not None:
            if not answer.reusable:
                self._close()
            self._end(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the event loop, once, with no error where the server ended the connection in good order."""
        self._transport = None
        self._end(self._reader.end() if error is None else failed(error))

    def _end(self, answer: Answer) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            self._ended(exchange, answer)

    def _close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()


_UNASKED = Answer(Outcome.WRONG, "unasked")


def failed(error: BaseException) -> Answer:
    """What an error of the network means for the request that met it."""
    match error:
        case ConnectionRefusedError():
            return Answer(Outcome.REFUSED)
        case ConnectionResetError() | BrokenPipeError():
            return Answer(Outcome.RESET)
        case TimeoutError():
            return Answer(Outcome.TIMEOUT)
        case _:
            return Answer(Outcome.RESET, type(error).__name__)


def not_connected(error: BaseException) -> Answer:
    """What an error means that came before there was a connection: a host that is unknown or out of reach refuses."""
    answer = failed(error)
    return Answer(Outcome.REFUSED, answer.detail) if answer.detail else answer


class Pool:
    """Connections that wait, the last used on top.

    Those idle for long are not used again, because the server may be about to end them: a request lost that way would
    tell nothing of the service, and sending it again could hide what does. They are ended, not kept: after a moment in
    which many requests waited, a load that sat on its connections would take the places of all other clients.
    """

    def __init__(self) -> None:
        self._idle: deque[Connection] = deque()

    def give(self, connection: Connection) -> None:
        """Put a connection back."""
        connection.idle_since_s = time.monotonic()
        self._idle.append(connection)

    def take(self, now_s: float) -> Connection | None:
        """The connection that was used last, if there is one that can be used again; those idle for long are ended."""
        while self._idle and now_s - self._idle[0].idle_since_s > _IDLE_LIMIT_S:
            self._idle.popleft().abandon()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        return None

    def close(self) -> None:
        """End them all."""
        while self._idle:
            self._idle.pop().abandon()
