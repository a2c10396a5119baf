import asyncio
import hashlib
from collections.abc import Callable
from functools import partial

import pytest

from stackproof.protocols import Acknowledged, Ledger, verify
from stackproof.protocols.mime import Listed, MimeConnection, MimeError, MimeRefusedError, Receipt, fetch_from


def test_what_was_sent_can_be_received(mime_port: int) -> None:
    """One connection: ping, send, list and receive, one after the other."""
    body = b"some bytes \n of any kind \x00"
    with MimeConnection("127.0.0.1", mime_port) as connection:
        connection.ping()
        receipt = connection.send(body, "text/plain", user_id="u1")
        assert receipt == Receipt("received_0000.plain", len(body), hashlib.sha256(body).hexdigest())
        received = connection.receive(receipt.stored_as)
        assert (received.body, received.sha256) == (body, receipt.sha256)
        connection.ping()


def test_all_pages_of_a_list_are_read(mime_port: int) -> None:
    """Five files on a server with two a page."""
    with MimeConnection("127.0.0.1", mime_port) as connection:
        for size_bytes in range(5):
            connection.send(bytes(size_bytes))
        listed = list(connection.list_files())
    assert listed == [Listed(f"received_{number:04x}.plain", number) for number in range(5)]


def test_an_error_line_has_its_code(mime_port: int) -> None:
    """A test can check which error it was."""
    with MimeConnection("127.0.0.1", mime_port) as connection:
        with pytest.raises(MimeRefusedError, match="not_found: no file nothing") as refusal:
            connection.receive("nothing")
        connection.ping()
    assert refusal.value.code == "not_found"


def test_a_ledger_is_verified_over_a_connection(mime_port: int) -> None:
    """A file that the server has is fetched, and one that it lacks is missing."""
    with MimeConnection("127.0.0.1", mime_port) as connection:
        receipt = connection.send(b"kept")
        kept = Acknowledged(receipt.stored_as, receipt.size_bytes, receipt.sha256, "s", 0)
        lost = Acknowledged("received_dead.plain", 4, receipt.sha256, "s", 0)
        report = verify(Ledger((kept, lost)), partial(fetch_from, connection))
    assert (report.checked, report.missing, report.torn) == (2, (lost,), ())


def answers(line: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
    """A server that answers every request with these bytes, and closes the connection."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(line)
        writer.write_eof()
        await reader.read()

    return handler


def test_no_answer_is_a_connection_error(serve: Callable[..., int]) -> None:
    """The client does not wait for a server that closed the connection in the middle of a line or a body."""
    half = b'{"status":"ok","name":"a","mime_type":"text/plain","sha256":"","size":9}\nhalf'
    with MimeConnection("127.0.0.1", serve(answers(b"PON"))) as connection, pytest.raises(ConnectionAbortedError):
        connection.ping()
    with (
        MimeConnection("127.0.0.1", serve(answers(half))) as connection,
        pytest.raises(ConnectionAbortedError, match="after 4 of 9 bytes"),
    ):
        connection.receive("a")


@pytest.mark.parametrize(
    "line", [b"hello\n", b"[]\n", b'{"status":"ok"}\n', b'{"status":"ok","stored_as":"a","size":"1"}\n']
)
def test_an_answer_that_breaks_the_protocol_is_named(serve: Callable[..., int], line: bytes) -> None:
    """The message has what was expected and what was seen."""
    with (
        MimeConnection("127.0.0.1", serve(answers(line))) as connection,
        pytest.raises(MimeError, match=r"expected .* saw"),
    ):
        connection.send(b"")
    with (
        MimeConnection("127.0.0.1", serve(answers(line))) as connection,
        pytest.raises(MimeError, match=r"expected .* saw"),
    ):
        connection.ping()


def test_a_silent_server_times_out(serve: Callable[..., int]) -> None:
    """Every wait has a bound."""

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    with MimeConnection("127.0.0.1", serve(silent), timeout_s=0.1) as connection, pytest.raises(TimeoutError):
        connection.ping()
