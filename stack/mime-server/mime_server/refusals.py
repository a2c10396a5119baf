"""Why a request is refused, with the codes of the wire protocol."""

from enum import StrEnum


class Code(StrEnum):
    """The `code` of an error line."""

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


SERVER_FAULTS = frozenset(
    {Code.TIMEOUT, Code.STORAGE_FULL, Code.STORAGE_FAILED, Code.TOO_MANY_CONNECTIONS, Code.POLICY_UNAVAILABLE}
)
"""Codes that count as failures of the server; the others are errors of the client."""


class RefusalError(Exception):
    """The request is refused, and the connection stays usable: the start of the next request is known.

    `body_bytes` of the refused request's body remain to be read and discarded.
    """

    def __init__(self, code: Code, message: str, body_bytes: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.body_bytes = body_bytes


class LastRefusalError(RefusalError):
    """The request is refused and the connection ends: the start of the next request is not known."""
