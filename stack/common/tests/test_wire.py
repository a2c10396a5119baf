import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from servicekit.wire import (
    Address,
    MimeConnection,
    MimeRefusedError,
    MimeUnavailableError,
    Outgoing,
    Timeouts,
    connected,
    why_unreachable,
)

LOOPBACK = "127.0.0.1"
MANY = 1000
IMPATIENT = Timeouts(connect_s=5.0, silence_s=0.2)


@asynccontextmanager
async def connection_to(answer: bytes) -> AsyncIterator[MimeConnection]:
    """Connect to a server that sends one answer, to the first line; if the answer is empty, it stays silent."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if answer:
            writer.write(answer)
            writer.write_eof()
        with suppress(ConnectionError):
            while await reader.read(1 << 16):
                pass
        writer.close()
        ended.set()

    async with await asyncio.start_server(serve, LOOPBACK, 0) as server:
        address = Address(LOOPBACK, server.sockets[0].getsockname()[1])
        try:
            async with connected(address, IMPATIENT) as connection:
                yield connection
        finally:
            await ended.wait()


async def many(given: list[int]) -> AsyncIterator[bytes]:
    """Yield far more bytes than any buffer holds, and record each chunk."""
    for number in range(MANY):
        given.append(number)
        yield bytes(1 << 20)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "timeout"),
        (b"PO", "broken"),
        (b"HTTP/1.1 400 Bad Request\r\n", "protocol"),
        (b'{"status": "ok"}\n', "protocol"),
    ],
)
def test_a_server_that_breaks_the_protocol_is_unavailable(answer: bytes, code: str) -> None:
    """Silence, half an answer and garbage are distinguished, and none passes for success."""

    async def main() -> None:
        async with connection_to(answer) as connection:
            await connection.ping()

    with pytest.raises(MimeUnavailableError) as caught:
        asyncio.run(main())
    assert caught.value.code == code


def test_a_refusal_carries_the_servers_code_and_message() -> None:
    """The code and the message of an error line reach the caller."""

    async def main() -> None:
        async with connection_to(b'{"status": "error", "code": "not_found", "message": "no such"}\n') as connection:
            await connection.receive("x")

    with pytest.raises(MimeRefusedError, match="no such") as caught:
        asyncio.run(main())
    assert caught.value.code == "not_found"


def test_a_refusal_in_the_middle_of_a_body_is_noticed() -> None:
    """A client that is still sending stops when the server answers, and reports the server's reason."""
    given: list[int] = []

    async def main() -> None:
        async with connection_to(b'{"status": "error", "code": "too_large", "message": "m"}\n') as connection:
            await connection.send(Outgoing("text/plain", MANY << 20), many(given))

    with pytest.raises(MimeRefusedError) as caught:
        asyncio.run(main())
    assert caught.value.code == "too_large"
    assert len(given) < MANY


def test_a_file_that_ends_early_does_not_pass_for_complete() -> None:
    """A connection that breaks inside a file is an error."""

    async def main() -> None:
        head = b'{"status": "ok", "name": "n", "mime_type": "text/plain", "size": 10, "sha256": "s"}\nhalf'
        async with connection_to(head) as connection:
            incoming = await connection.receive("n")
            async for _ in connection.body(incoming.size_bytes):
                pass

    with pytest.raises(MimeUnavailableError, match="6 bytes early"):
        asyncio.run(main())


def test_readiness_says_why_the_server_cannot_be_reached() -> None:
    """A closed port is reported within the bound."""

    async def closed_port() -> int:
        async with await asyncio.start_server(lambda _reader, _writer: None, LOOPBACK, 0) as server:
            port: int = server.sockets[0].getsockname()[1]
        return port

    async def main() -> str:
        return await why_unreachable(Address(LOOPBACK, await closed_port()), 5.0)

    assert "cannot be reached" in asyncio.run(main())
