"""Generates wrong frames from the grammar: valid except for one or two details."""

import json

from hypothesis import strategies as st

from stackproof.protocols.mime.contract.generated_requests import body, line
from stackproof.protocols.mime.terms import LINE_BYTES, UNENDED_BYTES, MimeLimits

_UP = "../" * 12
PATHS = (
    *(f"{_UP}etc/passwd", "/etc/passwd", "etc/passwd", "..", ".", "../", "/", "", "~", "received_0000.plain/.."),
    *(".incoming", ".incoming/x", "received_0000.plain\0", "received_0000.plain\n", "received_0000.plain\0.pdf"),
    *(f"received_{_UP}etc/passwd", f"received_0000.{_UP}etc/passwd", "..\\..\\etc\\passwd", "%2e%2e/etc/passwd"),
    *("received_0000.plain/", "./received_0000.plain", "//etc/passwd", "received_0000.", "RECEIVED_0000.PLAIN"),
    *("received_000.plain", "received_0000.-x", "received_\u0660\u0661\u0662\u0663.plain", "\ud800", "x" * 4000),
    *("file:///etc/passwd", "/proc/self/environ", "/dev/zero", "received_0000.pl\u0131n", "received_0000.*", "-"),
)
TYPES = (
    *("text/../../x", "../text/plain", "text/..", "text/.", "text//plain", "/plain", "text/", "/", "text", ".."),
    *("text/plain\0", "text/plain\n", "text/plain; charset=utf-8", " text/plain", "text/pl ain", "text\\plain"),
    *("text/\u212a", "te\u017ft/plain", "text/" + "x" * 65, "x" * 65 + "/plain", f"text/{_UP}etc/x", "*/*", "-/-"),
)
VALUES = ("-1", "1.5", "1e2", "0.0", '"24"', "null", "true", "false", "[]", "{}", "NaN", "-Infinity", "01", "+1", "0x1")
TEXTS = ("7", "null", "true", "[]", "{}", "1.5", '["text/plain"]', "[[]]")
LIMITS = ("-1", "1001", "1.0", '"1"', "null", "true", "[]", "{}", "1e1", "99999999999999999999")
FOREIGN = (
    *(b"\n", b"\r\n", b" \n", b"\0\n", b"ping\n", b"PING \n", b" PING\n", b"PING\0\n", b"PINGPING\n", b"PONG\n"),
    *(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"EHLO x\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"),
    *(b"null\n", b"[]\n", b"0\n", b'"SEND"\n', b"{}\n", b"{}{}\n", b"[{}]\n", b"{'size': 0}\n", b'{"size": 0,}\n'),
    *(
        b'{"size": 0}}\n',
        b'{"size": 0} // x\n',
        b'{"size"\n',
        b'{"a": "\x01", "size": 0}\n',
        b'{"a": "\\x", "size": 0}\n',
    ),
)
_COMMANDS = ("send", "SEND ", "RECEIVE\0", "", "DELETE", "../SEND", "PING", "\u017fEND", "x" * 3000)


def wrong_frames(limits: MimeLimits) -> st.SearchStrategy[bytes]:
    """Generate one wrong frame of any kind; a few turn out to be valid, which does no harm."""
    return st.one_of(
        lying_lengths(), odd_sizes(limits), bombs(), broken_text(), odd_fields(), paths(), mutants(), foreign()
    )


@st.composite
def lying_lengths(draw: st.DrawFn) -> bytes:
    """Generate a size that is not the body's: extra bytes are read as the next request, missing ones are waited for."""
    size_bytes, lie = draw(st.integers(0, 300)), draw(st.integers(-20, 20).filter(bool))
    return line({"mime_type": "text/plain", "size": max(0, size_bytes + lie)}) + body(size_bytes, lie)


@st.composite
def odd_sizes(draw: st.DrawFn, limits: MimeLimits) -> bytes:
    """Generate a size that is negative, huge, fractional, at the limit, repeated, or not a number."""
    most = limits.max_size_bytes
    near = st.sampled_from([most, most + 1, 2 * most, 2**31, 2**32, 2**63, 2**64]).map(str)
    long = st.builds(lambda sign, digits: sign + "9" * digits, st.sampled_from(["", "-"]), st.integers(20, 6000))
    size = draw(st.one_of(st.just(str(most)), st.sampled_from(VALUES), near, long, st.integers(max_value=-1).map(str)))
    field = draw(st.sampled_from(['"size": {}', '"size": 3, "size": {}', '"command": "SEND", "size": {}']))
    return b'{"mime_type": "text/plain", ' + field.format(size).encode() + b"}\n" + draw(TAILS)


@st.composite
def bombs(draw: st.DrawFn) -> bytes:
    """Generate a line that is very long, deeply nested, or without an end."""
    around = draw(st.integers(-2, 2))
    filler = b'{"mime_type": "text/plain", "size": 0, "x": ""}\n'
    bomb: bytes = draw(
        st.sampled_from(
            [
                filler.replace(b'""', b'"' + b"x" * (LINE_BYTES - len(filler) + around) + b'"'),
                b" " * (LINE_BYTES - 5 + around) + b"PING\n",
                b"x" * (LINE_BYTES - 1 + around) + b"\n",
                b"x" * (UNENDED_BYTES + 1 + around),
                b"x" * (3 * UNENDED_BYTES),
                b'{"x": "' + b"y" * (2 * UNENDED_BYTES),
                b"{" + b'"k": 1, ' * 900 + b'"size": 1.5}\n',
                b"[" * (4000 + around) + b"\n",
                b"[" * 4000 + b"]" * 4000 + b"\n",
                b'{"size": ' + b"[" * 900 + b"]" * 900 + b"}\n",
                b'{"size": ' + b'{"a":' * 90 + b"1" + b"}" * 90 + b"}\n",
            ]
        )
    )
    return bomb


@st.composite
def broken_text(draw: st.DrawFn) -> bytes:
    """Generate a line in another encoding, or in a broken one."""
    text = json.dumps({"mime_type": "text/plain", "size": 0, "x": draw(st.text(max_size=5))}, ensure_ascii=False)
    broken = draw(
        st.sampled_from([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80", b"\0"])
    )
    plain = text.encode("utf-8", "replace")
    at = draw(st.integers(0, len(plain)))
    text_bytes: bytes = draw(
        st.sampled_from(
            [
                plain[:at] + broken + plain[at:] + b"\n",
                b"\xef\xbb\xbf" + plain + b"\n",
                text.encode("utf-16-be", "replace") + b"\0\n",
                text.encode("utf-16-le", "replace") + b"\n\0",
                text.encode("utf-32-be", "replace") + b"\0\0\0\n",
            ]
        )
    )
    return text_bytes


@st.composite
def odd_fields(draw: st.DrawFn) -> bytes:
    """Generate a field of the wrong type, or an unknown command."""
    texts, limits = st.sampled_from(TEXTS), st.sampled_from(LIMITS)
    commands = st.sampled_from(_COMMANDS).map(json.dumps)
    request: str = draw(
        st.one_of(
            st.builds('{{"mime_type": {}, "size": 5}}'.format, texts),
            st.builds('{{"mime_type": "text/plain", "sha256": {}, "size": 5}}'.format, texts),
            st.builds('{{"mime_type": "text/plain", "user_id": {}, "size": 5}}'.format, texts),
            st.builds('{{"command": "RECEIVE", "name": {}}}'.format, texts),
            st.builds('{{"command": "RECEIVE", "name": "x", "size": {}}}'.format, texts),
            st.builds('{{"command": "LIST", "after": {}}}'.format, texts),
            st.builds('{{"command": "LIST", "limit": {}}}'.format, limits),
            st.builds('{{"command": {}}}'.format, st.one_of(texts, commands)),
        )
    )
    return request.encode("utf-8", "replace") + b"\n" + (b"12345" if '"size": 5' in request else b"")


@st.composite
def paths(draw: st.DrawFn) -> bytes:
    """Generate a name or a type that tries to lead out of the storage folder."""
    path = draw(st.one_of(st.sampled_from(PATHS), st.text(max_size=8)))
    mime_type = draw(st.sampled_from(TYPES))
    return draw(
        st.sampled_from(
            [
                line({"command": "RECEIVE", "name": path}),
                line({"command": "RECEIVE", "name": path}),
                line({"command": "LIST", "after": path, "limit": 1}),
                line({"mime_type": mime_type, "size": 4}) + b"root",
                line({"mime_type": mime_type, "size": 4, "file_name": path, "name": path}) + b"root",
            ]
        )
    )


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """Generate a valid request with one or two bytes changed, removed or repeated."""
    data = bytearray(
        draw(
            st.sampled_from(
                [
                    b'{"mime_type": "text/plain", "size": 5}\n12345',
                    b'{"command": "RECEIVE", "name": "received_0000.plain"}\n',
                    b'{"command": "LIST", "limit": 2, "after": "received_"}\n',
                    b"PING\n",
                ]
            )
        )
    )
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(data) - 1))
        data[at : at + 1] = draw(
            st.one_of(
                st.binary(max_size=2), st.just(bytes(data[at : at + 1]) * 2), st.sampled_from([b'"', b"{", b"\n"])
            )
        )
    return bytes(data)


def foreign() -> st.SearchStrategy[bytes]:
    """Generate bytes of another protocol, or of none."""
    return st.one_of(st.sampled_from(FOREIGN), st.binary(max_size=40).map(lambda data: data + b"\n"))


TAILS = st.sampled_from([b"", b"PING\n", b"12345", b'{"command": "LIST", "limit": 1}\n'])
"""What may follow a frame at once. A server that lost its place in the stream would answer it."""
