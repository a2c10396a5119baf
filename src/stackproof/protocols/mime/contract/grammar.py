"""Parses request lines by docs/protocol.md, independently of any server's code."""

import re
from dataclasses import dataclass

from stackproof.protocols.mime.contract.json_object import (
    AmbiguousJsonError,
    HugeNumber,
    JsonFields,
    is_unambiguous,
    read_object,
)
from stackproof.protocols.mime.terms import (
    CLOSING_CODES,
    DEFAULT_PAGE_FILES,
    LINE_BYTES,
    PAGE_FILES,
    MimeCode,
    MimeLimits,
)

_PING = re.compile(rb"PING\r*\n")
_MIME_TYPE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,63}/[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,63}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
STORED_NAME = re.compile(r"received_[0-9a-f]{4,32}\.[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


@dataclass(frozen=True, slots=True)
class PingRequest:
    """Check that the server answers."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Store the body that follows; ``sha256`` is empty if the client gave none."""

    size_bytes: int
    mime_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ReceiveRequest:
    """Return a stored file."""

    name: str


@dataclass(frozen=True, slots=True)
class ListRequest:
    """List the stored files after ``after``, at most ``limit``."""

    limit: int
    after: str


@dataclass(frozen=True, slots=True)
class InvalidRequest:
    """A request that the server has to refuse.

    Attributes:
        codes: The codes that the answer may have; either all of them close the connection, or none does.
        body_bytes: Size of the body that the server has to read before it answers.
    """

    codes: frozenset[MimeCode]
    body_bytes: int = 0

    @property
    def closes(self) -> bool:
        """True if the server closes the connection after the answer."""
        return self.codes <= CLOSING_CODES


@dataclass(frozen=True, slots=True)
class AmbiguousRequest:
    """A request that one server may read and another refuse: what follows on the connection is not judged."""


ParsedRequest = PingRequest | SendRequest | ReceiveRequest | ListRequest | InvalidRequest | AmbiguousRequest


def _invalid(*codes: MimeCode, body_bytes: int = 0) -> InvalidRequest:
    return InvalidRequest(frozenset(codes), body_bytes)


def is_mime_type(text: str) -> bool:
    """Return True if a request may have this type."""
    return _MIME_TYPE.fullmatch(text) is not None


def read_request(line: bytes, limits: MimeLimits) -> ParsedRequest:
    """Parse a request line, its line feed included."""
    if len(line) > LINE_BYTES:
        return _invalid(MimeCode.HEADER_TOO_LONG)
    if _PING.fullmatch(line):
        return PingRequest()
    try:
        fields = read_object(line)
    except AmbiguousJsonError:
        return AmbiguousRequest()
    if fields is None:
        return _invalid(MimeCode.BAD_HEADER)
    request = _parsed(fields, limits)
    if is_unambiguous(fields) or (isinstance(request, InvalidRequest) and MimeCode.BAD_HEADER in request.codes):
        return request  # a server that refuses the line as invalid JSON gives the same answer
    return AmbiguousRequest()


def _parsed(fields: JsonFields, limits: MimeLimits) -> ParsedRequest:
    command = fields.get("command", "SEND")
    if command == "SEND":
        return _send(fields, limits)
    if "size" in fields:
        return _invalid(MimeCode.BAD_HEADER)
    if command == "RECEIVE":
        return _receive(fields)
    return _list(fields) if command == "LIST" else _invalid(MimeCode.UNKNOWN_COMMAND)


def _send(fields: JsonFields, limits: MimeLimits) -> ParsedRequest:
    size_bytes = fields.get("size")
    if isinstance(size_bytes, HugeNumber) and not size_bytes.is_negative:
        return _invalid(MimeCode.TOO_LARGE, MimeCode.BAD_HEADER)
    if not isinstance(size_bytes, int) or isinstance(size_bytes, bool) or size_bytes < 0:
        return _invalid(MimeCode.BAD_HEADER)
    if size_bytes >= limits.max_size_bytes:
        return _invalid(MimeCode.TOO_LARGE)
    mime_type, sha256, user_id = (fields.get(name, "") for name in ("mime_type", "sha256", "user_id"))
    if not isinstance(mime_type, str) or not isinstance(sha256, str) or not isinstance(user_id, str):
        return _invalid(MimeCode.BAD_REQUEST, body_bytes=size_bytes)
    if not is_mime_type(mime_type) or not (sha256 == "" or _SHA256.fullmatch(sha256)):
        return _invalid(MimeCode.BAD_REQUEST, body_bytes=size_bytes)
    return SendRequest(size_bytes, mime_type.lower(), sha256.lower())


def _receive(fields: JsonFields) -> ParsedRequest:
    name = fields.get("name", "")
    return ReceiveRequest(name) if isinstance(name, str) else _invalid(MimeCode.BAD_REQUEST)


def _list(fields: JsonFields) -> ParsedRequest:
    limit, after = fields.get("limit", DEFAULT_PAGE_FILES), fields.get("after", "")
    if not isinstance(limit, int) or isinstance(limit, bool) or not isinstance(after, str):
        return _invalid(MimeCode.BAD_REQUEST)
    return ListRequest(limit, after) if 0 <= limit <= PAGE_FILES else _invalid(MimeCode.BAD_REQUEST)
