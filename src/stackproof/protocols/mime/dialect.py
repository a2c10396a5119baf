"""The socket protocol under load: a JSON line and a body out, a JSON line back."""

import hashlib
import json
import secrets
from dataclasses import dataclass

from stackproof.model import Outcome
from stackproof.protocols.interface import AnswerReader, ExchangeResult, OutgoingRequest
from stackproof.protocols.mime.terms import BUSY_CODES
from stackproof.protocols.mime.upload import Upload

_RECEIPT_BYTES = 64 * 1024
"""No acknowledgement is longer, so a server cannot fill the generator's memory."""

_TAIL_BYTES = 32
_BLOCK = b"".join(hashlib.sha256(bytes([number])).hexdigest().encode() + b"\n" for number in range(256))


@dataclass(frozen=True, slots=True)
class Body:
    """A generated body: a common beginning, and an end of its own."""

    common: bytes
    tail: bytes
    sha256: str


class Bodies:
    """Generates bodies of one size, as lines of hex digits; no two are the same.

    Only the last bytes differ, so a body and its digest cost the same at any size. Bodies shorter than the tail can be
    the same.

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
        """Generate the body with this number, from 0."""
        tail = f"{self._load}{number:016x}".encode()[_TAIL_BYTES - self._tail_bytes :]
        digest = self._digest.copy()
        digest.update(tail)
        return Body(self._common, tail, digest.hexdigest())


class MimeDialect:
    """Sends SEND requests with generated bodies.

    Args:
        upload: The files.
    """

    def __init__(self, upload: Upload) -> None:
        self._bodies = Bodies(upload.size_bytes)
        self._size_bytes = upload.size_bytes
        header = {**upload.fields, "mime_type": upload.mime_type, "size": upload.size_bytes}
        self._header = json.dumps(header).encode() + b"\n"

    def request(self, number: int) -> OutgoingRequest:
        """Build the request with this number, from 0."""
        body = self._bodies.body(number)
        return OutgoingRequest((self._header, body.common, body.tail), self._size_bytes, body.sha256)

    def reader(self) -> AnswerReader:
        """Create the reader for a new connection."""
        return _MimeReader()


class _MimeReader:
    """Reads acknowledgements and compares them with what was sent."""

    def __init__(self) -> None:
        self._request = OutgoingRequest(())
        self._line = b""

    def expect(self, request: OutgoingRequest) -> None:
        self._request = request
        self._line = b""

    def feed(self, data: bytes) -> ExchangeResult | None:
        self._line += data
        line, newline, rest = self._line.partition(b"\n")
        if not newline:
            return ExchangeResult(Outcome.WRONG, "endless line") if len(self._line) > _RECEIPT_BYTES else None
        return ExchangeResult(Outcome.WRONG, "more than one line") if rest else self._result(line)

    def end(self) -> ExchangeResult:
        return ExchangeResult(Outcome.CLOSED, "in the middle of an answer" if self._line else "")

    def _result(self, line: bytes) -> ExchangeResult:
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            return ExchangeResult(Outcome.WRONG, "no JSON object")
        if fields.get("status") != "ok":
            return _refused(str(fields.get("code", "no code")))
        return self._acknowledged(fields)

    def _acknowledged(self, fields: dict[str, object]) -> ExchangeResult:
        stored_as = fields.get("stored_as")
        if not isinstance(stored_as, str) or not stored_as:
            return ExchangeResult(Outcome.WRONG, "no stored_as")
        if fields.get("size") != self._request.size_bytes:
            return ExchangeResult(Outcome.WRONG, "other size")
        if fields.get("sha256") != self._request.sha256:
            return ExchangeResult(Outcome.WRONG, "other sha256")
        return ExchangeResult(Outcome.OK, reusable=True, stored_as=stored_as)


def _refused(code: str) -> ExchangeResult:
    """Judge an error line. The connection is not reused: the server may not have read all of the body."""
    return ExchangeResult(Outcome.UNAVAILABLE if code in BUSY_CODES else Outcome.REJECTED, code)
