import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.model import Outcome
from stackproof.protocols.http.dialect import HttpDialect, encode_request
from stackproof.protocols.http.protocol import HTTP
from stackproof.protocols.http.request import HttpRequest
from stackproof.protocols.interface import AnswerReader, ExchangeResult, OutgoingRequest

TARGET = HTTP.read_target("http://api:8080/files?n=1")
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\n\r\nhello"


def reader(request: HttpRequest | None = None) -> AnswerReader:
    """A reader that waits for an answer."""
    made = HttpDialect(TARGET, request or HttpRequest()).reader()
    made.expect(OutgoingRequest(()))
    return made


def read(data: bytes, request: HttpRequest | None = None) -> ExchangeResult | None:
    """What an answer in one piece comes to."""
    return reader(request).feed(data)


def test_a_request_is_encoded_as_the_standard_prescribes() -> None:
    """Request line, Host, own headers, length, body."""
    request = HttpRequest("POST", {"Content-Type": "text/plain"}, "grüß")
    assert encode_request(TARGET, request) == (
        b"POST /files?n=1 HTTP/1.1\r\nHost: api:8080\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n"
        b"gr\xc3\xbc\xc3\x9f"
    )


def test_a_given_host_replaces_ours() -> None:
    """Name-based virtual hosts can be asked by address."""
    assert encode_request(TARGET, HttpRequest(headers={"host": "other"})) == (
        b"GET /files?n=1 HTTP/1.1\r\nhost: other\r\n\r\n"
    )


@pytest.mark.parametrize("data", [GOOD, CHUNKED, INTERIM + GOOD, GOOD.replace(b"200 OK", b"302 Found")])
def test_a_good_answer_is_ok_and_its_connection_is_reusable(data: bytes) -> None:
    """Any 2xx or 3xx is, however it is framed; interim responses are skipped."""
    assert read(data, HttpRequest(expect="hello")) == ExchangeResult(Outcome.OK, reusable=True)


@given(st.sampled_from([GOOD, CHUNKED, INTERIM + GOOD]), st.sets(st.integers(1, 60)))
def test_an_answer_may_come_in_any_pieces(data: bytes, cuts: set[int]) -> None:
    """Wherever the network cuts it, the result comes at the end, and is the same."""
    ends = sorted(cut for cut in cuts if cut < len(data))
    pieces = [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]
    waiting = reader(HttpRequest(expect="hello"))
    answers = [waiting.feed(piece) for piece in pieces]
    assert answers[:-1] == [None] * (len(pieces) - 1)
    assert answers[-1] == ExchangeResult(Outcome.OK, reusable=True)


def test_answers_follow_each_other_on_a_connection() -> None:
    """A bad answer does not affect the next one."""
    waiting = reader(HttpRequest(expect="hello"))
    first = waiting.feed(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx")
    waiting.expect(OutgoingRequest(()))
    assert first == ExchangeResult(Outcome.REJECTED, "404", reusable=True)
    assert waiting.feed(GOOD) == ExchangeResult(Outcome.OK, reusable=True)
    waiting.expect(OutgoingRequest(()))
    assert waiting.end() == ExchangeResult(Outcome.CLOSED)


@pytest.mark.parametrize("status", ["502", "503", "504"])
def test_a_gateway_without_its_service_is_unavailable(status: str) -> None:
    """502, 503 and 504 count against availability."""
    data = GOOD.replace(b"200", status.encode())
    assert read(data) == ExchangeResult(Outcome.UNAVAILABLE, status, reusable=True)


@pytest.mark.parametrize("status", ["400", "404", "429", "500", "501"])
def test_an_error_answer_is_a_rejection(status: str) -> None:
    """Other 4xx and 5xx are answers, and errors."""
    data = GOOD.replace(b"200", status.encode())
    assert read(data) == ExchangeResult(Outcome.REJECTED, status, reusable=True)


def test_another_body_than_expected_is_wrong() -> None:
    """A 200 without the expected text is not a success."""
    assert read(GOOD, HttpRequest(expect="goodbye")) == ExchangeResult(Outcome.WRONG, "body", reusable=True)


@pytest.mark.parametrize(
    "data", [GOOD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), GOOD.replace(b"1.1", b"1.0")]
)
def test_a_connection_that_the_server_closes_is_not_reusable(data: bytes) -> None:
    """The answer is still good, but the next request needs another connection."""
    assert read(data) == ExchangeResult(Outcome.OK)


def test_an_answer_without_length_ends_with_its_connection() -> None:
    """Only the end of the connection completes it."""
    waiting = reader(HttpRequest(expect="hello"))
    assert waiting.feed(UNTIL_CLOSE) is None
    assert waiting.end() == ExchangeResult(Outcome.OK)


@pytest.mark.parametrize("data", [b"HTTP/1.1 200", GOOD[:-1], CHUNKED[:-1], INTERIM])
def test_a_truncated_answer_is_not_an_answer(data: bytes) -> None:
    """It must not be mistaken for a short one."""
    waiting = reader()
    assert waiting.feed(data) is None
    assert waiting.end() == ExchangeResult(Outcome.CLOSED, "in the middle of an answer")


def test_answers_without_a_body_are_complete_at_once() -> None:
    """204 and 304 have no body whatever their length says, and neither has the answer to HEAD."""
    assert read(b"HTTP/1.1 204 No Content\r\n\r\n") == ExchangeResult(Outcome.OK, reusable=True)
    assert read(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n") == ExchangeResult(Outcome.OK, reusable=True)
    assert read(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", HttpRequest("HEAD")) == ExchangeResult(Outcome.OK)


@pytest.mark.parametrize(
    "data", [b"SSH-2.0-OpenSSH\r\n", b"\x15\x03\x01\x00\x02\x02F", b"HTTP/1.1 abc\r\n\r\n", GOOD + b"x"]
)
def test_bytes_that_are_not_http_are_wrong(data: bytes) -> None:
    """Another protocol, TLS alerts and trailing bytes are wrong answers, not crashes."""
    answer = read(data)
    assert answer is not None
    assert answer.outcome is Outcome.WRONG
    assert not answer.reusable


@given(st.binary(min_size=1))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Whatever a server sends, the reader returns a result or waits."""
    answer = read(data)
    assert answer is None or answer.outcome in set(Outcome)
