"""The requests of the protocol, parsed from one line."""

import json
import re
from dataclasses import dataclass

from mime_server.refusals import Code, LastRefusalError, RefusalError

MAX_HEADER_BYTES = 8192
MAX_PAGE_FILES = 1000
USUAL_PAGE_FILES = 100

MIME_TYPE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,63}/[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,63}")
"""The grammar of RFC 6838, section 4.2, but with shorter names."""
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Ping:
    """Check that the server answers."""


@dataclass(frozen=True, slots=True)
class Send:
    """Store the `size_bytes` that follow; `sha256`, `user_id` and `file_name` are empty if the client gave none.

    `file_name`, the client's own name for the file, matters to the policy alone; None if it is not a text.
    """

    mime_type: str
    size_bytes: int
    sha256: str
    user_id: str
    file_name: str | None = ""


@dataclass(frozen=True, slots=True)
class Receive:
    """Return a stored file."""

    name: str


@dataclass(frozen=True, slots=True)
class List:
    """List at most `limit` stored files, those after `after`."""

    limit: int
    after: str


Request = Ping | Send | Receive | List
Fields = dict[str, object]


def parse(line: bytes, max_size_bytes: int) -> Request:
    """Parse a request from its line.

    Args:
        line: The request line, with or without the line end.
        max_size_bytes: A body must be smaller than this.

    Raises:
        RefusalError: The line is not a valid request.
    """
    if line.rstrip(b"\r\n") == b"PING":
        return Ping()
    fields = _fields(line)
    command = fields.get("command", "SEND")
    if command == "SEND":
        return _send(fields, max_size_bytes)
    if "size" in fields:
        raise LastRefusalError(Code.BAD_HEADER, f"only SEND has a body, but {command!r} came with a size")
    if command == "RECEIVE":
        return Receive(_text(fields, "name"))
    if command == "LIST":
        return List(_page_limit(fields), _text(fields, "after"))
    raise RefusalError(Code.UNKNOWN_COMMAND, f"expected SEND, RECEIVE or LIST as command, saw {command!r}")


def _fields(line: bytes) -> Fields:
    try:
        fields = json.loads(line.decode(), parse_constant=_refuse_constant)  # json would accept bytes in UTF-16
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise LastRefusalError(Code.BAD_HEADER, "expected one JSON object in UTF-8 on one line, or PING")
    return fields


def _refuse_constant(word: str) -> object:
    """NaN and Infinity are extensions of Python, and not JSON.

    Raises:
        ValueError: Always.
    """
    raise ValueError(word)


def _send(fields: Fields, max_size_bytes: int) -> Send:
    size_bytes = fields.get("size")
    if type(size_bytes) is not int or size_bytes < 0:  # isinstance takes a bool for an int
        raise LastRefusalError(Code.BAD_HEADER, f"expected a whole number, 0 or more, as size, saw {size_bytes!r}")
    if size_bytes >= max_size_bytes:
        raise LastRefusalError(Code.TOO_LARGE, f"expected a size below {max_size_bytes} bytes, saw {size_bytes}")
    try:
        return Send(_mime_type(fields), size_bytes, _sha256(fields), _text(fields, "user_id"), _file_name(fields))
    except RefusalError as refusal:
        refusal.body_bytes = size_bytes
        raise


def _mime_type(fields: Fields) -> str:
    mime_type = _text(fields, "mime_type")
    if not MIME_TYPE.fullmatch(mime_type):
        raise RefusalError(Code.BAD_REQUEST, f"expected a mime_type such as text/plain, saw {mime_type!r}")
    return mime_type.lower()  # after the check: lower() turns a Kelvin sign into a k


def _sha256(fields: Fields) -> str:
    sha256 = _text(fields, "sha256").lower()
    if sha256 and not SHA256.fullmatch(sha256):
        raise RefusalError(Code.BAD_REQUEST, f"expected 64 hex digits as sha256, saw {sha256!r}")
    return sha256


def _file_name(fields: Fields) -> str | None:
    file_name = fields.get("file_name", "")
    return file_name if isinstance(file_name, str) else None


def _page_limit(fields: Fields) -> int:
    limit = fields.get("limit", USUAL_PAGE_FILES)
    if type(limit) is not int or not 0 <= limit <= MAX_PAGE_FILES:
        raise RefusalError(
            Code.BAD_REQUEST, f"expected a whole number from 0 to {MAX_PAGE_FILES} as limit, saw {limit!r}"
        )
    return limit


def _text(fields: Fields, name: str) -> str:
    text = fields.get(name, "")
    if not isinstance(text, str):
        raise RefusalError(Code.BAD_REQUEST, f"expected a text as {name}, saw {text!r}")
    return text
