"""The words of the socket protocol: its codes and its limits, as docs/protocol.md has them."""

from dataclasses import dataclass
from enum import StrEnum

LINE_BYTES = 8192
"""Longest request line, its end included."""
UNENDED_BYTES = 65536
"""How much of a line without an end has to be taken before it is refused."""
MOST_FILES = 1000
USUAL_FILES = 100
CERTAIN_DEPTH = 100
"""How deep JSON may be nested for every server to read it."""
CERTAIN_DIGITS = 1000
"""How many digits a number may have for every server to read it."""


class Code(StrEnum):
    """The ``code`` of an error line."""

    BAD_HEADER = "bad_header"
    HEADER_TOO_LONG = "header_too_long"
    BAD_REQUEST = "bad_request"
    UNKNOWN_COMMAND = "unknown_command"
    TOO_LARGE = "too_large"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    USER_NOT_ALLOWED = "user_not_allowed"
    POLICY_REFUSED = "policy_refused"
    POLICY_UNAVAILABLE = "policy_unavailable"
    DIGEST_MISMATCH = "digest_mismatch"
    NOT_FOUND = "not_found"
    TIMEOUT = "timeout"
    STORAGE_FULL = "storage_full"
    STORAGE_FAILED = "storage_failed"
    TOO_MANY_CONNECTIONS = "too_many_connections"


ENDING = frozenset(
    {Code.BAD_HEADER, Code.HEADER_TOO_LONG, Code.TOO_LARGE, Code.TIMEOUT, Code.TOO_MANY_CONNECTIONS},
)
"""Codes after which the connection ends: nobody knows where the next request would begin, or may wait for it."""


POLICY = (Code.USER_NOT_ALLOWED, Code.POLICY_REFUSED, Code.POLICY_UNAVAILABLE)
"""Codes with which an owner may refuse any file, whatever its size and type."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server's owner decides, and its contract has to know.

    Attributes:
        max_size_bytes: A file is smaller than this.
        types: Types that are stored for sure; others may be refused by policy.
        refusals: Codes with which the owner may refuse any file, whatever its type.
    """

    max_size_bytes: int = 104_857_600
    types: tuple[str, ...] = ("text/plain", "application/pdf", "image/jpeg")
    refusals: tuple[str, ...] = ()


class GoneError(Exception):
    """After a failure the server is no longer there to be asked: what fails now says nothing of what it was asked."""


class BrokenError(Exception):
    """The server broke the contract; the message says what was expected and what was seen."""
