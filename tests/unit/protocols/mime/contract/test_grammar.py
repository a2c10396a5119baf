import pytest

from stackproof.protocols.mime.contract.grammar import Asked, List, Ping, Receive, Send, Uncertain, Wrong, read_request
from stackproof.protocols.mime.contract.terms import Code, Limits

LIMITS = Limits(max_size_bytes=1000)


def wrong(*codes: Code, body_bytes: int = 0) -> Wrong:
    """A request that is to be refused."""
    return Wrong(frozenset(codes), body_bytes)


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        (b"PING\n", Ping()),
        (b"PING\r\n", Ping()),
        (b'{"mime_type": "Text/Plain", "size": 24}\n', Send(24, "text/plain", "")),
        (b'{"size": 1, "size": 2, "mime_type": "a/b", "x": [1]}\r\n', Send(2, "a/b", "")),
        (b'{"command": "SEND", "size": -0, "mime_type": "a/b", "sha256": ""}\n', Send(0, "a/b", "")),
        (b'{"command": "RECEIVE", "name": "x"}\n', Receive("x")),
        (b'{"command": "RECEIVE"}\n', Receive("")),
        (b'{"command": "LIST"}\n', List(100, "")),
        (b'{"command": "LIST", "limit": 1000, "after": "x"}\n', List(1000, "x")),
    ],
)
def test_a_right_line_is_read(line: bytes, asked: Asked) -> None:
    """Each form of docs/protocol.md is known, and what is left out has its default."""
    assert read_request(line, LIMITS) == asked


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"\n", Code.BAD_HEADER),
        (b" PING\n", Code.BAD_HEADER),
        (b"[]\n", Code.BAD_HEADER),
        (b"[" * 5000 + b"\n", Code.BAD_HEADER),
        (b'\xef\xbb\xbf{"mime_type": "a/b", "size": 1}\n', Code.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": 1, "x": "\xed\xa0\x80"}\n', Code.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": 1, "x": NaN}\n', Code.BAD_HEADER),
        (b'{"mime_type": "a/b"}\n', Code.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": true}\n', Code.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": 1.0}\n', Code.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": -1}\n', Code.BAD_HEADER),
        (b'{"size": -' + b"9" * 5000 + b"}\n", Code.BAD_HEADER),
        (b'{"command": "LIST", "size": 0}\n', Code.BAD_HEADER),
        (b'{"mime_type": "a/b", "size": 1000}\n', Code.TOO_LARGE),
        (b"x" * 8192 + b"\n", Code.HEADER_TOO_LONG),
        (b" " * 8188 + b"PING\n", Code.HEADER_TOO_LONG),
    ],
)
def test_a_line_that_loses_the_framing_ends_the_connection(line: bytes, code: Code) -> None:
    """The code is known, and that it is the last word."""
    asked = read_request(line, LIMITS)
    assert asked == wrong(code)
    assert asked.ends


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        (b'{"mime_type": "text", "size": 3}\n', wrong(Code.BAD_REQUEST, body_bytes=3)),
        (b'{"mime_type": "text/\xe2\x84\xaa", "size": 3}\n', wrong(Code.BAD_REQUEST, body_bytes=3)),
        (b'{"mime_type": "a/b", "sha256": "0", "size": 3}\n', wrong(Code.BAD_REQUEST, body_bytes=3)),
        (b'{"mime_type": "a/b", "user_id": 1, "size": 3}\n', wrong(Code.BAD_REQUEST, body_bytes=3)),
        (b'{"command": "RECEIVE", "name": 1}\n', wrong(Code.BAD_REQUEST)),
        (b'{"command": "LIST", "limit": 1001}\n', wrong(Code.BAD_REQUEST)),
        (b'{"command": "LIST", "after": null}\n', wrong(Code.BAD_REQUEST)),
        (b'{"command": null}\n', wrong(Code.UNKNOWN_COMMAND)),
    ],
)
def test_a_mistake_inside_good_framing_does_not_end_it(line: bytes, asked: Wrong) -> None:
    """The code is known, and how much of a body is to be read past."""
    assert read_request(line, LIMITS) == asked
    assert not asked.ends


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        (b'{"mime_type": "a/b", "size": 1, "x": ' + b"[" * 200 + b"]" * 200 + b"}\n", Uncertain()),
        (b'{"mime_type": "a/b", "size": 1, "x": ' + b"9" * 2000 + b"}\n", Uncertain()),
        (b'{"x": ' + b"[" * 3000 + b"]" * 3000 + b"}\n", Uncertain()),
        (b'{"size": ' + b"[" * 200 + b"]" * 200 + b"}\n", wrong(Code.BAD_HEADER)),
        (b'{"size": ' + b"9" * 2000 + b"}\n", wrong(Code.TOO_LARGE, Code.BAD_HEADER)),
    ],
)
def test_what_readers_of_json_may_differ_on_is_judged_only_where_it_makes_no_difference(
    line: bytes, asked: Asked
) -> None:
    """RFC 8259 lets a reader have limits of depth and precision: a server is not blamed for either choice."""
    assert read_request(line, LIMITS) == asked
