"""What a request line asks for, read by docs/protocol.md and by no server's code."""

import re
from dataclasses import dataclass

from stackproof.protocols.mime.contract.objects import Fields, Huge, UncertainError, is_certain, read_object
from stackproof.protocols.mime.contract.terms import ENDING, LINE_BYTES, MOST_FILES, USUAL_FILES, Code, Limits

_PING = re.compile(rb"PING\r*\n")
_MIME_TYPE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,63}/[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,63}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
STORED_NAME = re.compile(r"received_[0-9a-f]{4,32}\.[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


@dataclass(frozen=True, slots=True)
class Ping:
    """Is anybody there?"""


@dataclass(frozen=True, slots=True)
class Send:
    """Store what follows; ``sha256`` is empty where the client gave none."""

    size_bytes: int
    mime_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Receive:
    """Give back a stored file."""

    name: str


@dataclass(frozen=True, slots=True)
class List:
    """Name the stored files after ``after``, ``limit`` at most."""

    limit: int
    after: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Nothing that is served.

    Attributes:
        codes: The codes that an answer may have; all of them end the connection, or none does.
        body_bytes: How much is to be read past before the answer.
    """

    codes: frozenset[Code]
    body_bytes: int = 0

    @property
    def ends(self) -> bool:
        """Whether the connection ends with the answer."""
        return self.codes <= ENDING


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Some servers will read it and some will not, and both may: what follows on the connection is not judged."""


Asked = Ping | Send | Receive | List | Wrong | Uncertain


def _wrong(*codes: Code, body_bytes: int = 0) -> Wrong:
    return Wrong(frozenset(codes), body_bytes)


def is_mime_type(text: str) -> bool:
    """True for a type that a request may have."""
    return _MIME_TYPE.fullmatch(text) is not None


def read_request(line: bytes, limits: Limits) -> Asked:
    """Read a request from its line, the line's end included."""
    if len(line) > LINE_BYTES:
        return _wrong(Code.HEADER_TOO_LONG)
    if _PING.fullmatch(line):
        return Ping()
    try:
        fields = read_object(line)
    except UncertainError:
        return Uncertain()
    if fields is None:
        return _wrong(Code.BAD_HEADER)
    asked = _asked(fields, limits)
    if is_certain(fields) or (isinstance(asked, Wrong) and Code.BAD_HEADER in asked.codes):
        return asked  # to refuse the line as no JSON comes to the same
    return Uncertain()


def _asked(fields: Fields, limits: Limits) -> Asked:
    command = fields.get("command", "SEND")
    if command == "SEND":
        return _send(fields, limits)
    if "size" in fields:
        return _wrong(Code.BAD_HEADER)
    if command == "RECEIVE":
        return _receive(fields)
    return _list(fields) if command == "LIST" else _wrong(Code.UNKNOWN_COMMAND)


def _send(fields: Fields, limits: Limits) -> Asked:
    size_bytes = fields.get("size")
    if isinstance(size_bytes, Huge) and not size_bytes.is_negative:
        return _wrong(Code.TOO_LARGE, Code.BAD_HEADER)
    if not isinstance(size_bytes, int) or isinstance(size_bytes, bool) or size_bytes < 0:
        return _wrong(Code.BAD_HEADER)
    if size_bytes >= limits.max_size_bytes:
        return _wrong(Code.TOO_LARGE)
    mime_type, sha256, user_id = (fields.get(name, "") for name in ("mime_type", "sha256", "user_id"))
    if not isinstance(mime_type, str) or not isinstance(sha256, str) or not isinstance(user_id, str):
        return _wrong(Code.BAD_REQUEST, body_bytes=size_bytes)
    if not is_mime_type(mime_type) or not (sha256 == "" or _SHA256.fullmatch(sha256)):
        return _wrong(Code.BAD_REQUEST, body_bytes=size_bytes)
    return Send(size_bytes, mime_type.lower(), sha256.lower())


def _receive(fields: Fields) -> Asked:
    name = fields.get("name", "")
    return Receive(name) if isinstance(name, str) else _wrong(Code.BAD_REQUEST)


def _list(fields: Fields) -> Asked:
    limit, after = fields.get("limit", USUAL_FILES), fields.get("after", "")
    if not isinstance(limit, int) or isinstance(limit, bool) or not isinstance(after, str):
        return _wrong(Code.BAD_REQUEST)
    return List(limit, after) if 0 <= limit <= MOST_FILES else _wrong(Code.BAD_REQUEST)
