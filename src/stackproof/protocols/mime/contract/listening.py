"""Hears one answer, and holds it against what was due."""

import hashlib

from stackproof.protocols.mime.contract.answers import (
    LONGEST_LINE_BYTES,
    check_ok,
    check_refused,
    fields_of,
    page_of,
    receipt_name,
    refusal_of,
    shown,
    totals_of,
)
from stackproof.protocols.mime.contract.dialogue import Expected, Given, Kept, Page, Pong, Refused, Stored
from stackproof.protocols.mime.contract.store import Store
from stackproof.protocols.mime.contract.terms import BrokenError, Code
from stackproof.protocols.mime.contract.wire import Wire


def hear(wire: Wire, expected: Expected, store: Store, at: int) -> str:
    """Hear an answer to a request that was sent at that time of the store; the name of the file that it stored, if any.

    Raises:
        BrokenError: It is not what was due, did not come in time, or the connection ended first.
    """
    try:
        return _heard(wire, expected, store, at)
    except TimeoutError as error:
        raise BrokenError(f"expected {_words(expected)}, heard nothing in time {error}") from None
    except ConnectionError as error:
        raise BrokenError(f"expected {_words(expected)}, saw the connection end {error}") from None
    except ValueError as error:
        raise BrokenError(f"expected {_words(expected)}, saw {error}") from None


def is_well(wire: Wire, store: Store) -> bool:
    """Hear the answers to PING and LIST, and hold the latter's totals against the store; False where there is no room.

    Raises:
        BrokenError: As above, or the totals are others.
    """
    try:
        line = wire.line(LONGEST_LINE_BYTES)
        if is_no_room(line):
            return False
        if line != b"PONG\n":
            raise BrokenError(f"expected PONG, saw {shown(line)}")
        totals = totals_of(wire.line(LONGEST_LINE_BYTES))
    except (OSError, ValueError) as error:
        raise BrokenError(f"expected PONG and a page, saw {error}") from None
    store.check_totals(*totals)
    return True


def is_no_room(line: bytes) -> bool:
    """True where a server says that it has no place for one more client, as it may while many leave."""
    return line != b"PONG\n" and refusal_of(fields_of(line)) is Code.TOO_MANY_CONNECTIONS


def _heard(wire: Wire, expected: Expected, store: Store, at: int) -> str:
    line = wire.line(LONGEST_LINE_BYTES)
    match expected:
        case Pong():
            if line != b"PONG\n":
                raise BrokenError(f"expected PONG, saw {shown(line)}")
        case Refused():
            check_refused(line, expected.codes)
        case Stored():
            return _receipt(line, expected, store)
        case Given():
            _file(wire, line, expected, store, at)
        case Page():
            sizes, following = page_of(line, expected)
            store.check_page(sizes, expected.after, following, expected.limit, at)
    return ""


def _receipt(line: bytes, expected: Stored, store: Store) -> str:
    if refusal_of(fields_of(line)) in expected.codes:
        return ""
    name = receipt_name(line, expected.kept)
    store.add(name, expected.kept)
    return name


def _file(wire: Wire, line: bytes, expected: Given, store: Store, at: int) -> None:
    if store.known(expected.name, at) is None and refusal_of(fields_of(line)) is Code.NOT_FOUND:
        return
    fields = check_ok(line, status="ok", name=expected.name)
    size_bytes, sha256, mime_type = fields.get("size"), fields.get("sha256"), fields.get("mime_type")
    if not isinstance(size_bytes, int) or size_bytes < 0 or not isinstance(mime_type, str):
        raise BrokenError(f"expected a size and a mime_type, saw {shown(line)}")
    kept = Kept(size_bytes, hashlib.sha256(wire.exactly(size_bytes)).hexdigest(), mime_type)
    if sha256 != kept.sha256:
        raise BrokenError(f"expected bytes with the sha256 {sha256!r} of their line, saw {kept.sha256}")
    store.see(expected.name, kept)


def _words(expected: Expected) -> str:
    """What was due, in words."""
    match expected:
        case Pong():
            return "PONG"
        case Refused():
            return f"an error line with code {' or '.join(sorted(expected.codes))}"
        case Stored():
            return f"a receipt for {expected.kept.size_bytes} bytes"
        case Given():
            return f"the file {expected.name!r}, or not_found"
        case Page():
            return f"a page of {expected.limit} files at most"
