"""Sends requests without waiting for answers, over as many connections as that takes, and gives each its deadline."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from stackproof.model import Outcome, Sample
from stackproof.protocols.interface import Answer, Dialect
from stackproof.protocols.mime.ledger import Acknowledged
from stackproof.workload.connection import Connection, Exchange, Pool, not_connected

_SWEEP_S = 0.02

Record = Callable[[Sample, Acknowledged | None], None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where connections go.

    Attributes:
        host: Host name or address.
        port: TCP port.
        tls: How TLS is spoken; None where it is not.
        server_name: Name that the certificate shall have; None without TLS.
    """

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    server_name: str | None = None


class Client:
    """Sends requests of one stream.

    Deadlines are kept by looking at the oldest request every 20 ms: all have the same deadline, so the oldest is first.

    Args:
        stream: Name of the samples.
        endpoint: Where connections go.
        dialect: What is said.
        deadline_s: How long a request may take, connecting included.
        record: Told of every request that ended, and of the file that was acknowledged.
    """

    def __init__(self, stream: str, endpoint: Endpoint, dialect: Dialect, deadline_s: float, record: Record) -> None:
        self._stream = stream
        self._endpoint = endpoint
        self._dialect = dialect
        self._deadline_s = deadline_s
        self._record = record
        self._pool = Pool()
        self._open: dict[int, Exchange] = {}
        self._sent = 0
        self._sweep: asyncio.TimerHandle | None = None
        self._settled: asyncio.Event | None = None

    @property
    def open(self) -> int:
        """Requests on their way."""
        return len(self._open)

    @property
    def sent(self) -> int:
        """Requests sent until now."""
        return self._sent

    def send(self, intended_s: float) -> None:
        """Send the next request, which was due at this moment on the monotonic clock."""
        number = self._sent
        self._sent += 1
        request = self._dialect.request(number)
        now_s = time.monotonic()
        exchange = Exchange(number, intended_s, now_s, request)
        self._open[number] = exchange
        connection = self._pool.take(now_s)
        if connection is not None:
            connection.begin(exchange)
        else:
            exchange.connecting = asyncio.get_running_loop().create_task(self._connect(exchange))
        if self._sweep is None:
            self._sweep_later()

    async def settled(self) -> None:
        """Wait until every request has ended; the deadline bounds it."""
        if self._open:
            self._settled = asyncio.Event()
            await self._settled.wait()

    def close(self) -> None:
        """End all connections, without a word about requests still on their way."""
        if self._sweep is not None:
            self._sweep.cancel()
        for exchange in self._open.values():
            _abandon(exchange)
        self._open.clear()
        self._pool.close()

    async def _connect(self, exchange: Exchange) -> None:
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(self._dialect.reader(), self._ended),
                self._endpoint.host,
                self._endpoint.port,
                ssl=self._endpoint.tls,
                server_hostname=self._endpoint.server_name,
            )
        except OSError as error:
            self._ended(exchange, not_connected(error))
            return
        exchange.connecting = None
        connection.begin(exchange)

    def _ended(self, exchange: Exchange, answer: Answer) -> None:
        ended_s = time.monotonic()
        if self._open.pop(exchange.number, None) is None:
            return  # it was given up at its deadline
        sample = Sample(self._stream, exchange.intended_s, exchange.started_s, ended_s, answer.outcome, answer.detail)
        self._record(sample, self._acknowledged(exchange, answer, ended_s) if answer.stored_as else None)
        if answer.reusable and exchange.connection is not None:
            self._pool.give(exchange.connection)
        if self._settled is not None and not self._open:
            self._settled.set()

    def _acknowledged(self, exchange: Exchange, answer: Answer, at_s: float) -> Acknowledged:
        request = exchange.request
        return Acknowledged(answer.stored_as, request.size_bytes, request.sha256, self._stream, at_s)

    def _sweep_later(self) -> None:
        self._sweep = asyncio.get_running_loop().call_later(_SWEEP_S, self._give_up_late)

    def _give_up_late(self) -> None:
        latest_s = time.monotonic() - self._deadline_s
        late = []
        for exchange in self._open.values():
            if exchange.started_s > latest_s:
                break
            late.append(exchange)
        for exchange in late:
            where = "connecting" if exchange.connecting is not None else ""
            _abandon(exchange)
            self._ended(exchange, Answer(Outcome.TIMEOUT, where))
        self._sweep_later()


def _abandon(exchange: Exchange) -> None:
    if exchange.connecting is not None:
        exchange.connecting.cancel()
    if exchange.connection is not None:
        exchange.connection.abandon()
