"""The codes and limits of the socket protocol, as docs/protocol.md states them. A test compares the two."""

from dataclasses import dataclass
from enum import StrEnum

LINE_BYTES = 8192
"""The longest request line, its line feed included."""
UNENDED_BYTES = 65536
"""A line without an end may grow to this size before it is refused."""
ANSWER_LINE_BYTES = 1024 * 1024
"""No answer line is longer; a full page has about 100 kilobytes."""
PAGE_FILES = 1000
"""The largest page of a list."""
DEFAULT_PAGE_FILES = 100
JSON_DEPTH = 100
"""How deep JSON may be nested so that every server reads it."""
JSON_DIGITS = 1000
"""How many digits a number may have so that every server reads it."""


class MimeCode(StrEnum):
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


CLOSING_CODES = frozenset(
    {
        MimeCode.BAD_HEADER,
        MimeCode.HEADER_TOO_LONG,
        MimeCode.TOO_LARGE,
        MimeCode.TIMEOUT,
        MimeCode.TOO_MANY_CONNECTIONS,
    }
)
"""After these codes the server closes the connection: it cannot find the next request, or does not wait for it."""

BUSY_CODES = frozenset({MimeCode.TOO_MANY_CONNECTIONS, MimeCode.TIMEOUT})
"""These codes mean "not now", not "not this", as 503 and 504 do in HTTP."""

POLICY_CODES = (MimeCode.USER_NOT_ALLOWED, MimeCode.POLICY_REFUSED, MimeCode.POLICY_UNAVAILABLE)
"""With these codes the owner's policy may refuse any file, whatever its size and type."""


@dataclass(frozen=True, slots=True)
class MimeLimits:
    """What the owner of a server decides, and the contract has to know.

    Attributes:
        max_size_bytes: Every file has to be smaller than this.
        types: Types that are always stored; a policy may refuse others.
        refusals: Codes with which the owner may refuse any file, whatever its type.
    """

    max_size_bytes: int = 104_857_600
    types: tuple[str, ...] = ("text/plain", "application/pdf", "image/jpeg")
    refusals: tuple[str, ...] = ()
