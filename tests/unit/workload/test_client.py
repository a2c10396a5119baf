import asyncio
import time
from collections.abc import Callable

import pytest

from stackproof.model import Sample
from stackproof.protocols.http.dialect import HttpDialect
from stackproof.protocols.http.protocol import HTTP
from stackproof.protocols.http.request import HttpRequest
from stackproof.protocols.interface import Endpoint
from stackproof.protocols.ledger import Acknowledged
from stackproof.workload.client import LoadClient
from stackproof.workload.connection import Connection, ConnectionPool

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
DIALECT = HttpDialect(HTTP.read_target("http://127.0.0.1/"), HttpRequest())


class Site:
    """A web server that counts its connections."""

    def __init__(self) -> None:
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client."""
        self.connections += 1
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)


class Crowd:
    """A web server that answers no client before a number of them have come."""

    def __init__(self, waits_for: int) -> None:
        self.open = self.most = 0
        self._waits_for = waits_for
        self._all_came = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client."""
        self.open += 1
        self.most = max(self.most, self.open)
        if self.open >= self._waits_for:
            self._all_came.set()
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await self._all_came.wait()
                writer.write(OK)
        finally:
            self.open -= 1


async def leave(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Close the connection at once."""


def test_connections_are_reused(serve: Callable[..., int]) -> None:
    """Requests that do not overlap share one connection."""
    samples: list[Sample] = []
    site = Site()
    port = serve(site.serve)

    def record(sample: Sample, _acknowledged: Acknowledged | None) -> None:
        samples.append(sample)

    async def send_one_by_one() -> None:
        client = LoadClient("s", Endpoint("127.0.0.1", port), DIALECT, 30, record)
        for _ in range(20):
            client.send(time.monotonic())
            await client.settled()
        client.close()

    asyncio.run(asyncio.wait_for(send_one_by_one(), 60))
    assert [str(sample.outcome) for sample in samples] == ["ok"] * 20
    assert site.connections == 1


async def connected(port: int) -> Connection:
    """Open a connection without a request."""
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(
        lambda: Connection(DIALECT.reader(), lambda _exchange, _answer: None), "127.0.0.1", port
    )
    return connection


async def until_ended(connection: Connection) -> None:
    """Wait, within a bound, until the connection knows that the server closed it."""
    async with asyncio.timeout(30):
        while connection.usable:  # noqa: ASYNC110 - an idle connection reports its end to no one
            await asyncio.sleep(0.01)


def test_a_connection_that_the_server_closed_meanwhile_is_not_reused(serve: Callable[..., int]) -> None:
    """A server may close idle connections: that is no error, and the next request uses another connection."""
    port, lasting_port = serve(leave), serve(Site().serve)

    async def taken() -> tuple[bool, bool]:
        lasting, ended = await connected(lasting_port), await connected(port)
        pool = ConnectionPool()
        pool.give(lasting)
        pool.give(ended)
        await until_ended(ended)
        found = pool.take(lasting.idle_since_s), pool.take(lasting.idle_since_s)
        lasting.abandon()
        return found[0] is lasting, found[1] is None

    assert asyncio.run(taken()) == (True, True)


def test_a_connection_that_was_idle_for_long_is_not_reused(serve: Callable[..., int]) -> None:
    """The server may be about to close it, and the request would be lost."""
    port = serve(Site().serve)

    async def taken(after_s: float) -> bool:
        connection = await connected(port)
        pool = ConnectionPool()
        pool.give(connection)
        found = pool.take(connection.idle_since_s + after_s) is connection
        connection.abandon()
        return found

    assert asyncio.run(taken(after_s=1.0))
    assert not asyncio.run(taken(after_s=2.5))


def test_the_extra_connections_of_a_burst_are_closed_after_it(
    serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load whose requests all had to wait once does not take the server's places from other clients for good."""
    monkeypatch.setattr("stackproof.workload.connection._IDLE_LIMIT_S", 0.05)
    crowd = 20
    site = Crowd(crowd)
    port = serve(site.serve)

    async def open_at_the_end() -> int:
        client = LoadClient("s", Endpoint("127.0.0.1", port), DIALECT, 30, lambda _sample, _acknowledged: None)
        for _ in range(crowd):
            client.send(time.monotonic())
        await client.settled()
        async with asyncio.timeout(30):
            while site.open > 1:
                client.send(time.monotonic())
                await client.settled()
                await asyncio.sleep(0.01)
        client.close()
        return site.most

    assert asyncio.run(open_at_the_end()) == crowd
