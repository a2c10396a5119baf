"""Generates requests: valid ones, and invalid ones after which the connection goes on."""

import hashlib
import json

from hypothesis import strategies as st

from stackproof.protocols.mime.terms import PAGE_FILES, MimeLimits

SIZES = st.one_of(st.integers(0, 40), st.sampled_from([255, 256, 1000, 8191, 8192, 65535, 65536, 65537, 200_000]))
OTHER_TYPES = ("image/png", "application/x-tar", "text/x.y+z", "a/b")
_EXTRA = st.dictionaries(st.sampled_from(["user_id", "file_name", "traceparent", "x"]), st.text(max_size=6), max_size=2)


def line(fields: dict[str, object], *, spaced: str = " ") -> bytes:
    """Encode a request line."""
    return json.dumps(fields, separators=("," + spaced, ":" + spaced)).encode() + b"\n"


def body(size_bytes: int, seed: int) -> bytes:
    """Generate a body that looks random; the same seed gives the same bytes. It contains line feeds."""
    block = hashlib.sha512(b"%d" % seed).digest() + b'\n{"command": "LIST"}\nPING\n'
    return (block * (size_bytes // len(block) + 1))[:size_bytes]


@st.composite
def sends(draw: st.DrawFn, limits: MimeLimits) -> bytes:
    """Generate a complete SEND."""
    data = body(draw(SIZES), draw(st.integers(0, 999)))
    mime_type = draw(st.sampled_from(limits.types or OTHER_TYPES))
    fields: dict[str, object] = {**draw(_EXTRA), "mime_type": mime_type, "size": len(data)}
    if draw(st.booleans()):
        fields["sha256"] = hashlib.sha256(data).hexdigest()
    if draw(st.booleans()):
        fields["command"] = "SEND"
    return line(fields, spaced=draw(st.sampled_from(["", " ", " \t"]))) + data


@st.composite
def refused_sends(draw: st.DrawFn) -> bytes:
    """Generate a complete SEND that has to be refused; the connection goes on after it."""
    data = body(draw(SIZES), draw(st.integers(0, 999)))
    wrong: dict[str, object] = draw(
        st.sampled_from(
            [
                {"mime_type": "text/plain", "sha256": "0" * 64},
                {"mime_type": "text/plain", "sha256": "0"},
                {"mime_type": "text"},
                {"mime_type": ""},
                {"mime_type": 7},
                {},
                *({"mime_type": each} for each in OTHER_TYPES),
            ]
        )
    )
    return line({**wrong, "size": len(data)}) + data


NAMES = st.one_of(
    st.integers(0, 3).map(lambda number: f"<file {number}>"),
    st.sampled_from(["received_0000.plain", "received_zz.plain", "nothing", ""]),
)
RECEIVES = NAMES.map(lambda name: line({"command": "RECEIVE", "name": name}))
LISTS = st.builds(
    lambda limit, after: line({"command": "LIST", "limit": limit, "after": after}),
    st.sampled_from([0, 1, 2, 10, 100, PAGE_FILES]),
    NAMES,
)
PLAIN = st.sampled_from([b"PING\n", b"PING\r\n", b'{"command": "LIST"}\n', b'{"command": "DELETE"}\n'])


def requests(limits: MimeLimits) -> st.SearchStrategy[bytes]:
    """Generate one complete request of any kind."""
    return st.one_of(sends(limits), refused_sends(), RECEIVES, LISTS, PLAIN)


def cuts() -> st.SearchStrategy[tuple[int, ...]]:
    """Generate offsets to cut at: anywhere, often near the beginning, where the line is, or after each byte there."""
    few = st.lists(st.one_of(st.integers(1, 80), st.integers(1, 70_000)), max_size=4).map(tuple)
    return st.one_of(few, few, few, st.just(tuple(range(1, 64))))
