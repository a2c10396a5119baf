"""A model of one connection: which answers are due for the bytes that a client has sent, however they were cut."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from stackproof.protocols.mime.contract.grammar import (
    STORED_NAME,
    AmbiguousRequest,
    InvalidRequest,
    ListRequest,
    ParsedRequest,
    PingRequest,
    ReceiveRequest,
    SendRequest,
    read_request,
)
from stackproof.protocols.mime.terms import LINE_BYTES, UNENDED_BYTES, MimeCode, MimeLimits


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored file; ``sha256`` and ``mime_type`` are empty if they are unknown."""

    size_bytes: int
    sha256: str = ""
    mime_type: str = ""


@dataclass(frozen=True, slots=True)
class PongDue:
    """``PONG``."""


@dataclass(frozen=True, slots=True)
class ReceiptDue:
    """A receipt for this file; if there are ``codes``, an error line with one of them is accepted too."""

    file: StoredFile
    codes: frozenset[MimeCode] = frozenset()


@dataclass(frozen=True, slots=True)
class ErrorDue:
    """An error line with one of these codes."""

    codes: frozenset[MimeCode]


@dataclass(frozen=True, slots=True)
class FileDue:
    """The file of this name, or ``not_found``."""

    name: str


@dataclass(frozen=True, slots=True)
class PageDue:
    """A page of the list."""

    limit: int
    after: str


DueAnswer = PongDue | ReceiptDue | ErrorDue | FileDue | PageDue


@dataclass(slots=True)
class _Body:
    """A body of which some bytes are still missing."""

    request: SendRequest | InvalidRequest
    missing_bytes: int
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


class ConnectionModel:
    """The requests of one connection.

    Args:
        limits: The server's.
    """

    def __init__(self, limits: MimeLimits) -> None:
        self._limits = limits
        self._line = bytearray()
        self._body: _Body | None = None
        self._is_ambiguous = False
        self.over = False
        """True once the server has to close the connection, or may do anything: what is sent now has no effect."""

    @property
    def is_incomplete(self) -> bool:
        """True if a request was begun and is not complete."""
        return bool(self._line) or self._body is not None

    @property
    def may_get_more(self) -> bool:
        """True if the server may answer although nothing is due: a line is already too long, or ambiguous."""
        return self._is_ambiguous or len(self._line) >= LINE_BYTES

    def feed(self, data: bytes) -> Iterator[DueAnswer]:
        """Send more bytes; generate the answers that are due now."""
        at = 0
        while at < len(data) and not self.over:
            if self._body is not None:
                taken = data[at : at + self._body.missing_bytes]
                self._body.digest.update(taken)
                self._body.missing_bytes -= len(taken)
            else:
                end = data.find(b"\n", at) + 1
                taken = data[at : end or len(data)]
                self._line += taken
                yield from self._line_answer(ended=end > 0)
            at += len(taken)
            yield from self._body_answer()

    def _line_answer(self, *, ended: bool) -> Iterator[DueAnswer]:
        if not ended:
            if len(self._line) > UNENDED_BYTES:
                self.over = True
                self._line.clear()
                yield ErrorDue(frozenset({MimeCode.HEADER_TOO_LONG}))
            return
        request = read_request(bytes(self._line), self._limits)
        self._line.clear()
        if isinstance(request, SendRequest):
            self._body = _Body(request, request.size_bytes)
        elif isinstance(request, InvalidRequest) and not request.closes:
            self._body = _Body(request, request.body_bytes)
        else:
            self._is_ambiguous = isinstance(request, AmbiguousRequest)
            self.over = isinstance(request, InvalidRequest | AmbiguousRequest)
            yield from _answer(request)

    def _body_answer(self) -> Iterator[DueAnswer]:
        if self._body is None or self._body.missing_bytes:
            return
        request, sha256 = self._body.request, self._body.digest.hexdigest()
        self._body = None
        if isinstance(request, SendRequest):
            yield self._send_answer(request, sha256)
        else:
            yield ErrorDue(request.codes)

    def _send_answer(self, request: SendRequest, sha256: str) -> DueAnswer:
        refusals = frozenset(map(MimeCode, self._limits.refusals))
        if request.mime_type not in self._limits.types:
            refusals |= {MimeCode.TYPE_NOT_ALLOWED}
        if request.sha256 not in {"", sha256}:
            return ErrorDue(refusals | {MimeCode.DIGEST_MISMATCH})
        return ReceiptDue(StoredFile(request.size_bytes, sha256, request.mime_type), refusals)


def _answer(request: ParsedRequest) -> Iterator[DueAnswer]:
    """Generate the answer to a request without a body; for an ambiguous one any answer is accepted, or none."""
    match request:
        case PingRequest():
            yield PongDue()
        case InvalidRequest():
            yield ErrorDue(request.codes)
        case ReceiveRequest():
            is_name = STORED_NAME.fullmatch(request.name)
            yield FileDue(request.name) if is_name else ErrorDue(frozenset({MimeCode.NOT_FOUND}))
        case ListRequest():
            yield PageDue(request.limit, request.after)
