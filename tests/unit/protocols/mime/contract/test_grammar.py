import pytest

from stackproof.protocols.mime.contract.grammar import (
    AmbiguousRequest,
    InvalidRequest,
    ListRequest,
    ParsedRequest,
    PingRequest,
    ReceiveRequest,
    SendRequest,
    read_request,
)
from stackproof.protocols.mime.terms import MimeCode, MimeLimits

LIMITS = MimeLimits(max_size_bytes=1000)


def wrong(*codes: MimeCode, body_bytes: int = 0) -> InvalidRequest:
    """A request that has to be refused."""
    return InvalidRequest(frozenset(codes), body_bytes)


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (b"PING\n", PingRequest()),
        (b"PING\r\n", PingRequest()),
        (b'{"mime_type": "Text/Plain", "size": 24}\n', SendRequest(24, "text/plain", "")),
        (b'{"size": 1, "size": 2, "mime_type": "a/b", "x": [1]}\r\n', SendRequest(2, "a/b", "")),
        (b'{"command": "SEND", "size": -0, "mime_type": "a/b", "sha256": ""}\n', SendRequest(0, "a/b", "")),
        (b'{"command": "RECEIVE", "name": "x"}\n', ReceiveRequest("x")),
        (b'{"command": "RECEIVE"}\n', ReceiveRequest("")),
        (b'{"command": "LIST"}\n', ListRequest(100, "")),
        (b'{"command": "LIST", "limit": 1000, "after": "x"}\n', ListRequest(1000, "x")),
    ],
)
def test_a_valid_line_is_parsed(line: bytes, request_: ParsedRequest) -> None:
    """Every form of docs/protocol.md is accepted, and a missing field has its default."""
    assert read_request(line, LIMITS) == request_


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"\n", MimeCode.BAD_HEADER),
        (b" PING\n", MimeCode.BAD_HEADER),
        (b"[]\n", MimeCode.BAD_HEADER),
        (b"[" * 5000 + b"\n", MimeCode.BAD_HEADER),
        (b'\xef\xbb\xbf{"mime_type": "a/b", "size": 1}\n', MimeCode.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": 1, "x": "\xed\xa0\x80"}\n', MimeCode.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": 1, "x": NaN}\n', MimeCode.BAD_HEADER),
        (b'{"mime_type": "a/b"}\n', MimeCode.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": true}\n', MimeCode.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": 1.0}\n', MimeCode.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": -1}\n', MimeCode.BAD_HEADER),
        (b'{"size": -' + b"9" * 5000 + b"}\n", MimeCode.BAD_HEADER),
        (b'{"command": "LIST", "size": 0}\n', MimeCode.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": 1000}\n', MimeCode.TOO_LARGE),
        (b"x" * 8192 + b"\n", MimeCode.HEADER_TOO_LONG),
        (b" " * 8188 + b"PING\n", MimeCode.HEADER_TOO_LONG),
    ],
)
def test_a_line_that_loses_the_framing_ends_the_connection(line: bytes, code: MimeCode) -> None:
    """The code is documented, and so is that the server closes the connection."""
    request_ = read_request(line, LIMITS)
    assert request_ == wrong(code)
    assert request_.closes


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (b'{"mime_type": "text", "size": 3}\n', wrong(MimeCode.BAD_REQUEST, body_bytes=3)),
        (b'{"mime_type": "text/\xe2\x84\xaa", "size": 3}\n', wrong(MimeCode.BAD_REQUEST, body_bytes=3)),
        (b'{"mime_type": "a/b", "sha256": "0", "size": 3}\n', wrong(MimeCode.BAD_REQUEST, body_bytes=3)),
        (b'{"mime_type": "a/b", "user_id": 1, "size": 3}\n', wrong(MimeCode.BAD_REQUEST, body_bytes=3)),
        (b'{"command": "RECEIVE", "name": 1}\n', wrong(MimeCode.BAD_REQUEST)),
        (b'{"command": "LIST", "limit": 1001}\n', wrong(MimeCode.BAD_REQUEST)),
        (b'{"command": "LIST", "after": null}\n', wrong(MimeCode.BAD_REQUEST)),
        (b'{"command": null}\n', wrong(MimeCode.UNKNOWN_COMMAND)),
    ],
)
def test_a_mistake_inside_good_framing_does_not_end_it(line: bytes, request_: InvalidRequest) -> None:
    """The code is documented, and so is how much of a body has to be read."""
    assert read_request(line, LIMITS) == request_
    assert not request_.closes


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (b'{"mime_type": "a/b", "size": 1, "x": ' + b"[" * 200 + b"]" * 200 + b"}\n", AmbiguousRequest()),
        (b'{"mime_type": "a/b", "size": 1, "x": ' + b"9" * 2000 + b"}\n", AmbiguousRequest()),
        (b'{"x": ' + b"[" * 3000 + b"]" * 3000 + b"}\n", AmbiguousRequest()),
        (b'{"size": ' + b"[" * 200 + b"]" * 200 + b"}\n", wrong(MimeCode.BAD_HEADER)),
        (b'{"size": ' + b"9" * 2000 + b"}\n", wrong(MimeCode.TOO_LARGE, MimeCode.BAD_HEADER)),
    ],
)
def test_ambiguous_json_is_judged_only_if_every_reader_gives_the_same_answer(
    line: bytes, request_: ParsedRequest
) -> None:
    """RFC 8259 lets a reader have limits of depth and precision: neither choice is a breach."""
    assert read_request(line, LIMITS) == request_
