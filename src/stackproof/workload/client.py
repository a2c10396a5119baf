"""Sends requests without waiting for answers, over as many connections as that takes, each with a deadline."""

import asyncio
import time
from collections.abc import Callable

from stackproof.model import Outcome, Sample
from stackproof.protocols.interface import Endpoint, ExchangeResult, LoadDialect
from stackproof.protocols.ledger import Acknowledged
from stackproof.workload.connection import Connection, ConnectionPool, Exchange, connect_failure

_SWEEP_S = 0.02

Record = Callable[[Sample, Acknowledged | None], None]


class LoadClient:
    """Sends the requests of one stream.

    Every 20 ms it looks at the oldest open requests: all have the same deadline, so the oldest is due first.

    Args:
        stream: Stream of the samples.
        endpoint: The server.
        dialect: What is sent, and how the answers are read.
        deadline_s: How long a request may take, connecting included.
        record: Called with every request that ended, and with the file that it stored.
    """

    def __init__(
        self, stream: str, endpoint: Endpoint, dialect: LoadDialect, deadline_s: float, record: Record
    ) -> None:
        self._stream = stream
        self._endpoint = endpoint
        self._dialect = dialect
        self._deadline_s = deadline_s
        self._record = record
        self._pool = ConnectionPool()
        self._open: dict[int, Exchange] = {}
        self._sent = 0
        self._sweep: asyncio.TimerHandle | None = None
        self._settled: asyncio.Event | None = None

    @property
    def open(self) -> int:
        """How many requests are open."""
        return len(self._open)

    @property
    def sent(self) -> int:
        """How many requests were sent so far."""
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
        """Close all connections; requests that are still open are not recorded."""
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
            self._ended(exchange, connect_failure(error))
            return
        except Exception as error:  # noqa: BLE001 - a reader that cannot be made breaks the generator, not the server
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a reader could not be made", "exception": error}
            )
            return
        exchange.connecting = None
        connection.begin(exchange)

    def _ended(self, exchange: Exchange, result: ExchangeResult) -> None:
        ended_s = time.monotonic()
        if self._open.pop(exchange.number, None) is None:
            return  # it ended at its deadline
        sample = Sample(self._stream, exchange.intended_s, exchange.started_s, ended_s, result.outcome, result.detail)
        self._record(sample, self._acknowledged(exchange, result, ended_s) if result.stored_as else None)
        if result.reusable and exchange.connection is not None:
            self._pool.give(exchange.connection)
        if self._settled is not None and not self._open:
            self._settled.set()

    def _acknowledged(self, exchange: Exchange, result: ExchangeResult, at_s: float) -> Acknowledged:
        request = exchange.request
        return Acknowledged(result.stored_as, request.size_bytes, request.sha256, self._stream, at_s)

    def _sweep_later(self) -> None:
        self._sweep = asyncio.get_running_loop().call_later(_SWEEP_S, self._end_late_requests)

    def _end_late_requests(self) -> None:
        latest_s = time.monotonic() - self._deadline_s
        late = []
        for exchange in self._open.values():
            if exchange.started_s > latest_s:
                break
            late.append(exchange)
        for exchange in late:
            where = "connecting" if exchange.connecting is not None else ""
            _abandon(exchange)
            self._ended(exchange, ExchangeResult(Outcome.TIMEOUT, where))
        self._sweep_later()


def _abandon(exchange: Exchange) -> None:
    if exchange.connecting is not None:
        exchange.connecting.cancel()
    if exchange.connection is not None:
        exchange.connection.abandon()
