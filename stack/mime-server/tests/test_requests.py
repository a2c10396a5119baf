import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mime_server.refusals import Code, LastRefusalError, RefusalError
from mime_server.requests import List, Ping, Receive, Send, parse

MAX_SIZE_BYTES = 1000


def line(**fields: object) -> bytes:
    """A request line."""
    return json.dumps(fields).encode() + b"\n"


@pytest.mark.parametrize("text", [b"PING\n", b"PING\r\n"])
def test_ping_is_a_request(text: bytes) -> None:
    """PING is a plain word, not JSON."""
    assert parse(text, MAX_SIZE_BYTES) == Ping()


def test_a_header_of_type_and_size_is_a_send() -> None:
    """The documented form of a request, without a command, stores a file."""
    assert parse(line(mime_type="text/plain", size=24), MAX_SIZE_BYTES) == Send("text/plain", 24, "", "")


def test_unknown_fields_are_ignored() -> None:
    """Clients may send more fields than the server knows."""
    seen = parse(line(command="SEND", mime_type="text/plain", size=0, user_id="u", colour="red"), MAX_SIZE_BYTES)
    assert seen == Send("text/plain", 0, "", "u")


def test_types_are_case_insensitive() -> None:
    """As RFC 6838 requires."""
    assert parse(line(mime_type="Text/PLAIN", size=1), MAX_SIZE_BYTES) == Send("text/plain", 1, "", "")


def test_receive_and_list_are_commands() -> None:
    """A file is requested by name, and the list by page."""
    assert parse(line(command="RECEIVE", name="x"), MAX_SIZE_BYTES) == Receive("x")
    assert parse(line(command="LIST", limit=5, after="x"), MAX_SIZE_BYTES) == List(5, "x")
    assert parse(line(command="LIST"), MAX_SIZE_BYTES) == List(100, "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"hello\n", Code.BAD_HEADER),
        (b"\xff\xfe\n", Code.BAD_HEADER),
        (b"[1]\n", Code.BAD_HEADER),
        (b'\xef\xbb\xbf{"mime_type": "text/plain", "size": 0}\n', Code.BAD_HEADER),
        ('{"mime_type": "text/plain", "size": 0}\n'.encode("utf-16-be"), Code.BAD_HEADER),
        (b'{"mime_type": "text/plain", "size": 0, "x": "\xed\xa0\x80"}\n', Code.BAD_HEADER),
        (b'{"mime_type": "text/plain", "size": 0, "x": NaN}\n', Code.BAD_HEADER),
        (b"[" * 5000 + b"\n", Code.BAD_HEADER),
        (line(mime_type="text/plain"), Code.BAD_HEADER),
        (line(mime_type="text/plain", size=-1), Code.BAD_HEADER),
        (line(mime_type="text/plain", size=True), Code.BAD_HEADER),
        (line(mime_type="text/plain", size="24"), Code.BAD_HEADER),
        (line(mime_type="text/plain", size=1.5), Code.BAD_HEADER),
        (line(command="LIST", size=3), Code.BAD_HEADER),
        (line(mime_type="text/plain", size=MAX_SIZE_BYTES), Code.TOO_LARGE),
    ],
)
def test_lost_framing_ends_the_connection(text: bytes, code: Code) -> None:
    """If the body's length is unknown, or too large to skip, no further request can be read."""
    with pytest.raises(LastRefusalError) as caught:
        parse(text, MAX_SIZE_BYTES)
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("text", "code", "body_bytes"),
    [
        (line(size=3), Code.BAD_REQUEST, 3),
        (line(mime_type="text", size=3), Code.BAD_REQUEST, 3),
        (line(mime_type="text/../x", size=3), Code.BAD_REQUEST, 3),
        (line(mime_type="text/\u212a", size=3), Code.BAD_REQUEST, 3),
        (line(mime_type=7, size=3), Code.BAD_REQUEST, 3),
        (line(mime_type="text/plain", size=3, sha256="xyz"), Code.BAD_REQUEST, 3),
        (line(command="LIST", limit=1001), Code.BAD_REQUEST, 0),
        (line(command="LIST", limit="1"), Code.BAD_REQUEST, 0),
        (line(command="RECEIVE", name=1), Code.BAD_REQUEST, 0),
        (line(command="NOPE"), Code.UNKNOWN_COMMAND, 0),
        (line(command=None), Code.UNKNOWN_COMMAND, 0),
    ],
)
def test_an_error_within_valid_framing_costs_only_that_request(text: bytes, code: Code, body_bytes: int) -> None:
    """The refusal says how much of the body to skip."""
    with pytest.raises(RefusalError) as caught:
        parse(text, MAX_SIZE_BYTES)
    assert not isinstance(caught.value, LastRefusalError)
    assert (caught.value.code, caught.value.body_bytes) == (code, body_bytes)


JSON_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=3)
HEADERS = st.dictionaries(
    st.sampled_from(["command", "mime_type", "size", "name", "sha256", "user_id", "limit", "after", "other"]),
    JSON_VALUES,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary() | HEADERS.map(json.dumps).map(str.encode))
def test_any_line_is_a_request_or_is_refused(text: bytes) -> None:
    """No input makes the parser fail in another way."""
    outcome: object
    try:
        outcome = parse(text, MAX_SIZE_BYTES)
    except RefusalError as refusal:
        outcome = refusal
    if isinstance(outcome, RefusalError):
        assert str(outcome)
        assert 0 <= outcome.body_bytes < MAX_SIZE_BYTES
    else:
        assert isinstance(outcome, (Ping, Send, Receive, List))
