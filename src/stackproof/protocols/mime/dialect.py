"""The socket protocol: a JSON line and a body out, a JSON line back."""

import hashlib
import json
import secrets
from dataclasses import dataclass

from stackproof.model import Outcome
from stackproof.protocols.interface import Answer, Reader, Request
from stackproof.protocols.mime.upload import Upload

BUSY_CODES = frozenset({"busy", "unavailable", "overloaded", "too_many_connections", "shutting_down", "timeout"})
"""Codes of an error line that say "not now" and not "not this": what 503 and 504 are in HTTP."""

_LONGEST_LINE_BYTES = 64 * 1024
_TAIL_BYTES = 32
_BLOCK = b"".join(hashlib.sha256(bytes([number])).hexdigest().encode() + b"\n" for number in range(256))


@dataclass(frozen=True, slots=True)
class Body:
    """A generated body: what all have in common, and the end that only this one has."""

    common: bytes
    tail: bytes
    sha256: str


class Bodies:
    """Makes bodies of one size, as lines of hex digits, each unlike any other.

    Only the last bytes differ, so that making a body and its digest costs the same at any size. Bodies of fewer bytes
    than the tail has can be alike.

    Args:
        size_bytes: Size of each.
    """

    def __init__(self, size_bytes: int) -> None:
        self._tail_bytes = min(size_bytes, _TAIL_BYTES)
        common_bytes = size_bytes - self._tail_bytes
        self._common = (_BLOCK * (common_bytes // len(_BLOCK) + 1))[:common_bytes]
        self._digest = hashlib.sha256(self._common)
        self._load = secrets.token_hex(8)

    def body(self, number: int) -> Body:
        """The body of this number, from 0."""
        tail = f"{self._load}{number:016x}".encode()[_TAIL_BYTES - self._tail_bytes :]
        digest = self._digest.copy()
        digest.update(tail)
        return Body(self._common, tail, digest.hexdigest())


class MimeDialect:
    """SEND requests with generated bodies.

    Args:
        upload: What is sent.
    """

    def __init__(self, upload: Upload) -> None:
        self._bodies = Bodies(upload.size_bytes)
        self._size_bytes = upload.size_bytes
        header = {**upload.fields, "mime_type": upload.mime_type, "size": upload.size_bytes}
        self._header = json.dumps(header).encode() + b"\n"

    def request(self, number: int) -> Request:
        """The request of this number, from 0."""
        body = self._bodies.body(number)
        return Request((self._header, body.common, body.tail), self._size_bytes, body.sha256)

    def reader(self) -> Reader:
        """A reader for a new connection."""
        return _MimeReader()


class _MimeReader:
    """Reads acknowledgements, and holds them against what was sent."""

    def __init__(self) -> None:
        self._request = Request(())
        self._line = b""

    def expect(self, request: Request) -> None:
        self._request = request
        self._line = b""

    def feed(self, data: bytes) -> Answer | None:
        self._line += data
        line, newline, rest = self._line.partition(b"\n")
        if not newline:
            return Answer(Outcome.WRONG, "endless line") if len(self._line) > _LONGEST_LINE_BYTES else None
        return Answer(Outcome.WRONG, "more than one line") if rest else self._judged(line)

    def end(self) -> Answer:
        return Answer(Outcome.CLOSED, "in the middle of an answer" if self._line else "")

    def _judged(self, line: bytes) -> Answer:
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            return Answer(Outcome.WRONG, "no JSON object")
        if fields.get("status") != "ok":
            return _refused(str(fields.get("code", "no code")))
        return self._acknowledged(fields)

    def _acknowledged(self, fields: dict[str, object]) -> Answer:
        stored_as = fields.get("stored_as")
        if not isinstance(stored_as, str) or not stored_as:
            return Answer(Outcome.WRONG, "no stored_as")
        if fields.get("size") != self._request.size_bytes:
            return Answer(Outcome.WRONG, "other size")
        if fields.get("sha256") != self._request.sha256:
            return Answer(Outcome.WRONG, "other sha256")
        return Answer(Outcome.OK, reusable=True, stored_as=stored_as)


def _refused(code: str) -> Answer:
    """An error line. The connection is not used again: the server may not have read the body past."""
    return Answer(Outcome.UNAVAILABLE if code in BUSY_CODES else Outcome.REJECTED, code)
