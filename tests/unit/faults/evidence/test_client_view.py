import socket
from collections.abc import Iterator

import pytest

from stackproof.engine.port import Address
from stackproof.faults.evidence.client_view import Chunk, ClientView, ConnectionEnd, Patience, PortRequest, watch_reply
from tests.tiny_servers import AnswersHttp, AnswersLines, ClosesWordless, NeverAnswers, serving

PING = PortRequest(b"PING\n")
BRIEF = Patience(within_s=5.0, quiet_s=0.1)
IMPATIENT = Patience(within_s=0.2, quiet_s=0.1)


@pytest.fixture
def lines() -> Iterator[Address]:
    """A server that answers lines and keeps connections open."""
    with serving(AnswersLines) as address:
        yield address


def test_an_answer_is_observed_with_its_size_and_the_open_connection(lines: Address) -> None:
    """The view has what arrived, and that the connection stayed open."""
    seen = watch_reply(lines, PING, BRIEF)
    assert (seen.size_bytes, seen.end, seen.is_answered) == (5, ConnectionEnd.OPEN, True)
    assert 0 < seen.reacted_s <= seen.last_byte_s <= seen.ended_s


def test_a_repeated_request_has_a_longer_answer(lines: Address) -> None:
    """The same request, sent several times on one connection, is answered as often."""
    assert watch_reply(lines, PING.times(20), BRIEF).size_bytes == 100


def test_a_close_after_an_answer_is_observed() -> None:
    """A server that closes by itself is distinguished from one that does not."""
    with serving(AnswersHttp) as address:
        seen = watch_reply(address, PortRequest(b"GET / HTTP/1.0\r\n\r\n"), BRIEF)
    assert seen.end is ConnectionEnd.CLOSED
    assert seen.size_bytes > 1800


def test_a_close_without_a_byte_is_observed() -> None:
    """A server that closes is distinguished from one that stays silent."""
    with serving(ClosesWordless) as address:
        assert (seen := watch_reply(address, PING, BRIEF)).end is ConnectionEnd.CLOSED
    assert not seen.is_answered


def test_silence_is_not_watched_for_longer_than_the_patience() -> None:
    """A silent server costs no more than the client's patience."""
    with serving(NeverAnswers) as address:
        seen = watch_reply(address, PING, IMPATIENT)
    assert (seen.end, seen.is_answered) == (ConnectionEnd.OPEN, False)
    assert seen.ended_s >= 0.2


def test_a_refusal_is_observed() -> None:
    """A port without a listener refuses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = Address("127.0.0.1", server.getsockname()[1])
    assert watch_reply(address, PING, BRIEF).end is ConnectionEnd.REFUSED


def test_a_server_without_tls_gives_a_closed_connection_and_not_an_exception(lines: Address) -> None:
    """TLS to a server that does not speak it is a connection that ended without an answer."""
    assert not watch_reply(lines, PortRequest(b"GET /", is_tls=True), IMPATIENT).is_answered


def test_a_view_reads_as_a_sentence() -> None:
    """Reports quote it."""
    assert str(ClientView((), ConnectionEnd.REFUSED, 0.0012)) == "no byte, refused after 1 ms"
    view = ClientView((Chunk(0.3, 40),), ConnectionEnd.OPEN, 0.4)
    assert str(view) == "first byte after 300 ms, 40 bytes, stayed open"
