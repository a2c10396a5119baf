import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.model import Outcome
from stackproof.protocols.interface import AnswerReader, ExchangeResult, OutgoingRequest
from stackproof.protocols.mime.dialect import MimeDialect
from stackproof.protocols.mime.upload import Upload


def sent(upload: Upload | None = None) -> tuple[OutgoingRequest, AnswerReader]:
    """A request, and the reader that waits for its acknowledgement."""
    dialect = MimeDialect(upload or Upload())
    request, reader = dialect.request(0), dialect.reader()
    reader.expect(request)
    return request, reader


def acknowledgement(request: OutgoingRequest, **changes: object) -> bytes:
    """The line that a good server answers with, or one with changes."""
    fields = {"status": "ok", "stored_as": "received_1d8f.plain", "size": request.size_bytes, "sha256": request.sha256}
    return json.dumps(fields | changes).encode() + b"\n"


@given(st.integers(0, 200_000))
def test_a_request_is_a_header_line_and_a_body_of_the_size_it_says(size_bytes: int) -> None:
    """The header has the size of the body, and the digest is that of the body."""
    request, _ = sent(Upload(size_bytes, "image/jpeg", {"user_id": "u1"}))
    header, body = b"".join(request.chunks).split(b"\n", 1)
    assert json.loads(header) == {"mime_type": "image/jpeg", "size": size_bytes, "user_id": "u1"}
    assert len(body) == request.size_bytes == size_bytes
    assert hashlib.sha256(body).hexdigest() == request.sha256


def test_no_two_bodies_are_the_same() -> None:
    """Neither in one load nor in two, so that mixed-up files are noticed."""
    loads = [MimeDialect(Upload(64)) for _ in range(2)]
    digests = {load.request(number).sha256 for load in loads for number in range(1000)}
    assert len(digests) == 2000


def test_a_correct_acknowledgement_is_ok() -> None:
    """It names the stored file, and the next request may follow."""
    request, reader = sent()
    good = ExchangeResult(Outcome.OK, reusable=True, stored_as="received_1d8f.plain")
    assert reader.feed(acknowledgement(request)) == good
    reader.expect(request)
    line = acknowledgement(request)
    assert [reader.feed(line[:9]), reader.feed(line[9:-1]), reader.feed(line[-1:])] == [None, None, good]


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"size": 1023}, "other size"),
        ({"size": "1024"}, "other size"),
        ({"sha256": "0" * 64}, "other sha256"),
        ({"sha256": None}, "other sha256"),
        ({"stored_as": ""}, "no stored_as"),
        ({"stored_as": None}, "no stored_as"),
    ],
)
def test_an_acknowledgement_of_something_else_is_wrong(changes: dict[str, object], detail: str) -> None:
    """A server that acknowledges something that was not sent is caught."""
    request, reader = sent()
    assert reader.feed(acknowledgement(request, **changes)) == ExchangeResult(Outcome.WRONG, detail)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("too_large", Outcome.REJECTED),
        ("type_not_allowed", Outcome.REJECTED),
        ("too_many_connections", Outcome.UNAVAILABLE),
        ("timeout", Outcome.UNAVAILABLE),
    ],
)
def test_an_error_line_is_a_rejection_or_means_unavailable(code: str, outcome: Outcome) -> None:
    """The code is kept; codes that mean "come back later" count against availability."""
    _, reader = sent()
    line = json.dumps({"status": "error", "code": code, "message": "m"}).encode() + b"\n"
    assert reader.feed(line) == ExchangeResult(outcome, code)


@pytest.mark.parametrize(
    "line", [b"PONG\n", b"[]\n", b"\xff\xfe\n", b"HTTP/1.1 400 Bad Request\r\n", b"[" * 5000 + b"\n"]
)
def test_a_line_that_is_not_a_json_object_is_wrong(line: bytes) -> None:
    """An answer of another protocol is wrong, and nothing crashes."""
    _, reader = sent()
    assert reader.feed(line) == ExchangeResult(Outcome.WRONG, "no JSON object")


def test_a_line_without_an_end_is_wrong() -> None:
    """A server cannot fill the generator's memory."""
    _, reader = sent()
    assert reader.feed(b"x" * 65_000) is None
    assert reader.feed(b"x" * 1_000) == ExchangeResult(Outcome.WRONG, "endless line")


def test_a_second_line_is_wrong() -> None:
    """It would be mistaken for the answer to the next request."""
    request, reader = sent()
    assert reader.feed(acknowledgement(request) * 2) == ExchangeResult(Outcome.WRONG, "more than one line")


def test_an_end_without_an_acknowledgement_is_not_an_answer() -> None:
    """Half a line is not one either."""
    request, reader = sent()
    assert reader.end() == ExchangeResult(Outcome.CLOSED)
    assert reader.feed(acknowledgement(request)[:-1]) is None
    assert reader.end() == ExchangeResult(Outcome.CLOSED, "in the middle of an answer")
