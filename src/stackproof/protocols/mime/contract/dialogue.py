"""What a client is to hear, worked out from the very bytes that it says, however they are cut."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from stackproof.protocols.mime.contract.grammar import (
    STORED_NAME,
    Asked,
    List,
    Ping,
    Receive,
    Send,
    Uncertain,
    Wrong,
    read_request,
)
from stackproof.protocols.mime.contract.terms import LINE_BYTES, UNENDED_BYTES, Code, Limits


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file; ``sha256`` and ``mime_type`` are empty where they are not known."""

    size_bytes: int
    sha256: str = ""
    mime_type: str = ""


@dataclass(frozen=True, slots=True)
class Pong:
    """``PONG``."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A receipt of this file; where there are ``codes``, a refusal with one of them will do."""

    kept: Kept
    codes: frozenset[Code] = frozenset()


@dataclass(frozen=True, slots=True)
class Refused:
    """An error line with one of these codes."""

    codes: frozenset[Code]


@dataclass(frozen=True, slots=True)
class Given:
    """A stored file, or the word that none has this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list."""

    limit: int
    after: str


Expected = Pong | Stored | Refused | Given | Page


@dataclass(slots=True)
class _Body:
    """A body on its way."""

    asked: Send | Wrong
    left_bytes: int
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


class Dialogue:
    """One connection's requests.

    Args:
        limits: The server's.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._line = bytearray()
        self._body: _Body | None = None
        self._is_uncertain = False
        self.over = False
        """Whether the server is to end the connection, or may do what it likes: what is said now goes nowhere."""

    @property
    def is_amid(self) -> bool:
        """Whether a request is begun, and not whole."""
        return bool(self._line) or self._body is not None

    @property
    def is_open(self) -> bool:
        """Whether the server may speak though nothing is due: a line is too long already, or not certain."""
        return self._is_uncertain or len(self._line) >= LINE_BYTES

    def feed(self, data: bytes) -> Iterator[Expected]:
        """Say more; the answers that are due now."""
        at = 0
        while at < len(data) and not self.over:
            if self._body is not None:
                taken = data[at : at + self._body.left_bytes]
                self._body.digest.update(taken)
                self._body.left_bytes -= len(taken)
            else:
                end = data.find(b"\n", at) + 1
                taken = data[at : end or len(data)]
                self._line += taken
                yield from self._line_answer(ended=end > 0)
            at += len(taken)
            yield from self._body_answer()

    def _line_answer(self, *, ended: bool) -> Iterator[Expected]:
        if not ended:
            if len(self._line) > UNENDED_BYTES:
                self.over = True
                self._line.clear()
                yield Refused(frozenset({Code.HEADER_TOO_LONG}))
            return
        asked = read_request(bytes(self._line), self._limits)
        self._line.clear()
        if isinstance(asked, Send):
            self._body = _Body(asked, asked.size_bytes)
        elif isinstance(asked, Wrong) and not asked.ends:
            self._body = _Body(asked, asked.body_bytes)
        else:
            self._is_uncertain = isinstance(asked, Uncertain)
            self.over = isinstance(asked, Wrong | Uncertain)
            yield from _answer(asked)

    def _body_answer(self) -> Iterator[Expected]:
        if self._body is None or self._body.left_bytes:
            return
        asked, sha256 = self._body.asked, self._body.digest.hexdigest()
        self._body = None
        if isinstance(asked, Send):
            yield self._stored(asked, sha256)
        else:
            yield Refused(asked.codes)

    def _stored(self, send: Send, sha256: str) -> Expected:
        refusals = frozenset(map(Code, self._limits.refusals))
        if send.mime_type not in self._limits.types:
            refusals |= {Code.TYPE_NOT_ALLOWED}
        if send.sha256 not in {"", sha256}:
            return Refused(refusals | {Code.DIGEST_MISMATCH})
        return Stored(Kept(send.size_bytes, sha256, send.mime_type), refusals)


def _answer(asked: Asked) -> Iterator[Expected]:
    """The answer to a request without a body; to an uncertain one any will do, or none."""
    match asked:
        case Ping():
            yield Pong()
        case Wrong():
            yield Refused(asked.codes)
        case Receive():
            is_name = STORED_NAME.fullmatch(asked.name)
            yield Given(asked.name) if is_name else Refused(frozenset({Code.NOT_FOUND}))
        case List():
            yield Page(asked.limit, asked.after)
