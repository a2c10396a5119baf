"""Strategies for hostile uploads: file names, types, contents, forms and lengths."""

from http import HTTPStatus
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from suites.contract.uploads import Headers, Upload

Answers = frozenset[HTTPStatus]
CREATED: Answers = frozenset({HTTPStatus.CREATED})
MALFORMED: Answers = frozenset({HTTPStatus.BAD_REQUEST})
WRONG_TYPE: Answers = frozenset({HTTPStatus.UNSUPPORTED_MEDIA_TYPE})
TOO_LARGE: Answers = frozenset({HTTPStatus.REQUEST_ENTITY_TOO_LARGE})

BOUNDARY = b"7d8f2c"
CLOSE = b"\r\n--" + BOUNDARY + b"--\r\n"
FORM = b"multipart/form-data; boundary=" + BOUNDARY
TYPE = b"text/plain"
MOST_PARTS = 16
LONG_BYTES = 2000
"""A longer header line of a part may be refused."""


def part(content: bytes, *, name: bytes = b"a.txt", mime_type: bytes = TYPE, field: bytes = b"file") -> bytes:
    """A part of a form, from its boundary to its last byte."""
    disposition = b'Content-Disposition: form-data; name="' + field + b'"; filename="' + name + b'"'
    kind = [b"Content-Type: " + mime_type] if mime_type else []
    return b"\r\n".join([b"--" + BOUNDARY, disposition, *kind, b"", content])


def sized(body: bytes, content_type: bytes = FORM) -> Headers:
    """The headers of a form with its length."""
    return (("Content-Type", content_type), ("Content-Length", b"%d" % len(body)))


def whole(body: bytes, answers: Answers, content: bytes | None = b"") -> Upload:
    """A request that is correct, except perhaps for its body."""
    return Upload(sized(body), body, answers, content)


def _is_plain(word: bytes) -> bool:
    """True where every parser of headers reads it alike."""
    return len(word) < LONG_BYTES and not any(each < 0x20 or each in b'"\\\x7f' for each in word)


_AWKWARD_NAMES = (
    *(
        b"",
        b".",
        b"..",
        b"../../../../etc/passwd",
        b"..\\..\\boot.ini",
        b"/storage/received_0000.plain",
        b"C:\\x",
        b"//x",
    ),
    *(b"%2e%2e%2fx", b"%00", b"%0d%0a", b"a\x00.txt", b"a\rb", b"a\nb", b"a\r\nX-Admin: 1", b"a\r\n\r\nbody"),
    *(
        b'a"b',
        b'\\"',
        b'"; name="other',
        b"'; drop table files",
        b"$(id)",
        b"`id`",
        b"|id",
        b"CON",
        b"a" * 300,
        b"a" * 9000,
    ),
    *(
        "\u202etxt.exe".encode(),
        "\ufeffa".encode(),
        "e\u0301".encode(),
        "\U0001f4a9".encode() * 50,
        b"\xff\xfe",
        b"\xc0\xaf",
    ),
)
_WORDS = st.one_of(st.text(max_size=80).map(str.encode), st.binary(max_size=80))


def _named(name: bytes, content: bytes) -> Upload:
    breaks = b"\r" in name or b"\n" in name
    answers = CREATED if _is_plain(name) else CREATED | MALFORMED
    return whole(part(content, name=name) + CLOSE, answers, None if breaks else content)


_AWKWARD_TYPES = (
    *(
        b"",
        b"text/html",
        b"image/svg+xml",
        b"text",
        b"/",
        b"text/",
        b"*/*",
        b"../../x",
        b"text/../../x",
        b"text/plain/../x",
    ),
    *(
        b"text/\x00",
        b"text/pl\xc4\xb1in",
        b"\xff/\xff",
        b"multipart/mixed",
        b"multipart/form-data; boundary=b",
        b"a/" + b"b" * 9000,
    ),
)


def _typed(mime_type: bytes, content: bytes) -> Upload:
    return whole(part(content, mime_type=mime_type) + CLOSE, MALFORMED | WRONG_TYPE)


def _spelled(mime_type: bytes, ending: bytes, content: bytes) -> Upload:
    body = part(content, mime_type=mime_type + ending) + CLOSE
    return Upload(sized(body), body, CREATED, content, mime_type)


_PIECES = st.sampled_from(
    [b"\r\n", b"\r", b"\n", b"--", b"\r\n--", BOUNDARY, b"\r\n--" + BOUNDARY[:-1], b"\x00", b"x", b"\xff" * 7]
)
_BUFFERS = (0, 1, 2, 8190, 8191, 8192, 8193, 65534, 65535, 65536, 65537, 131072, 1048575, 1048576, 1048577)
_CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.lists(_PIECES, max_size=30).map(b"".join).filter(lambda content: b"\r\n--" + BOUNDARY not in b"\r\n" + content),
    st.tuples(st.sampled_from(_BUFFERS), st.sampled_from([b"\x00", b"\n", b"\r\n", b"-"])).map(
        lambda made: (made[1] * made[0])[: made[0]]
    ),
)


def _chunked(body: bytes, cuts: list[int]) -> bytes:
    """A body in chunks (RFC 9112, section 7.1)."""
    places = sorted({cut % (len(body) + 1) for cut in cuts} | {0, len(body)})
    chunks = [body[start:end] for start, end in pairwise(places)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


_CHUNKS = (("Content-Type", FORM), ("Transfer-Encoding", b"chunked"))


def _in_chunks(content: bytes, cuts: list[int]) -> Upload:
    return Upload(_CHUNKS, _chunked(part(content) + CLOSE, cuts), CREATED, content)


def _many(others: int, content: bytes) -> Upload:
    body = b"\r\n".join([*[part(b"x", field=b"other")] * others, part(content)]) + CLOSE
    return whole(body, CREATED if others < MOST_PARTS else MALFORMED, content)


def _cut(content: bytes, at: int) -> Upload:
    """A form that ends, as its length announces, before its file does."""
    body = part(content)
    return whole(body[: at % len(body)], MALFORMED)


def _cut_in_the_file(content: bytes, kept: int) -> Upload:
    """A form that ends with the first bytes of its file, or before them: what began as a file must not be stored."""
    return whole(part(content[:kept]), MALFORMED)


_FORM_TYPES = (
    *((b"multipart/form-data", MALFORMED), (b"multipart/form-data; boundary=", MALFORMED)),
    *((b"multipart/form-data; boundary=other", MALFORMED), (b"multipart/form-data; boundary=" + b"b" * 71, MALFORMED)),
    *(
        (b"multipart/", MALFORMED | WRONG_TYPE),
        (b"application/x-www-form-urlencoded", WRONG_TYPE),
        (b"text/plain", WRONG_TYPE),
    ),
    *((b"application/json", WRONG_TYPE), (b"", MALFORMED | WRONG_TYPE), (b"\xff", MALFORMED | WRONG_TYPE)),
)


def _mistyped(kind: tuple[bytes, Answers], content: bytes) -> Upload:
    body = part(content) + CLOSE
    return Upload(sized(body, kind[0]), body, kind[1], b"")


def _nested(content: bytes) -> Upload:
    inner = b"--in\r\n" + part(content).partition(b"\r\n")[2] + b"\r\n--in--\r\n"
    return whole(part(inner, mime_type=b"multipart/mixed; boundary=in") + CLOSE, MALFORMED)


_LENGTHS = (b"-1", b"+1", b"1e2", b"0x10", b"\xd9\xa3", b"1 2", b"9" * 40)


def _lying(lengths: tuple[bytes, ...], content: bytes) -> Upload:
    headers = (("Content-Type", FORM), *(("Content-Length", length) for length in lengths))
    return Upload(headers, part(content) + CLOSE, MALFORMED | TOO_LARGE, b"")


def _both(content: bytes) -> Upload:
    """A length and chunks: what smuggles requests (RFC 9112, section 6.1)."""
    body = part(content) + CLOSE
    return Upload((*sized(body), ("Transfer-Encoding", b"chunked")), _chunked(body, []), MALFORMED, b"")


def _broken_chunks(content: bytes, size: bytes) -> Upload:
    return Upload(_CHUNKS, size + b"\r\n" + part(content) + CLOSE + b"\r\n0\r\n\r\n", MALFORMED, b"")


_SHORT = st.binary(max_size=40).filter(lambda content: BOUNDARY not in content)
KINDS: dict[str, SearchStrategy[Upload]] = {
    "names": st.builds(_named, st.one_of(st.sampled_from(_AWKWARD_NAMES), _WORDS), _SHORT),
    "types": st.one_of(
        st.builds(_typed, st.sampled_from(_AWKWARD_TYPES), _SHORT),
        st.builds(
            _spelled,
            st.sampled_from([b"text/plain", b"Text/PLAIN", b"application/pdf", b"image/jpeg"]),
            st.sampled_from([b"", b"; charset=utf-8", b";", b'; a="../../x"', b" "]),
            _SHORT,
        ),
    ),
    "contents": st.one_of(
        st.builds(lambda content: whole(part(content) + CLOSE, CREATED, content), _CONTENTS),
        st.builds(_in_chunks, _CONTENTS, st.lists(st.integers(0, 1 << 20), max_size=8)),
    ),
    "forms": st.one_of(
        st.builds(_many, st.integers(0, 40), _SHORT),
        st.builds(_cut, _SHORT, st.integers(0, 1 << 16)),
        st.builds(_cut_in_the_file, _SHORT, st.sampled_from([0, 0, 1, 2])),
        st.builds(_mistyped, st.sampled_from(_FORM_TYPES), _SHORT),
        st.builds(_nested, _SHORT),
        st.builds(lambda content: whole(part(content, field=b"other") + CLOSE, MALFORMED), _SHORT),
        st.builds(lambda body: whole(body, MALFORMED), _SHORT),
    ),
    "lengths": st.one_of(
        st.builds(_lying, st.sampled_from(_LENGTHS).map(lambda length: (length,)), _SHORT),
        st.builds(_lying, st.just((b"10", b"11")), _SHORT),
        st.builds(_both, _SHORT),
        st.builds(_broken_chunks, _SHORT, st.sampled_from([b"zz", b"-1", b"", b"f" * 20, b"0x5", b"5;"])),
    ),
}
"""Each kind of hostile upload, by its name in the report."""
