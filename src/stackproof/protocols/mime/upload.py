"""The file that a load sends to a ``mime://`` target."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from stackproof.model import DeclarationError
from stackproof.protocols.interface import RequestSpec

LARGEST_BYTES = 2**31
"""The largest body that a load makes: what all bodies share is kept in memory."""

_MIME_TYPE = re.compile(r"[^/\s\"\\]+/[^/\s\"\\]+")
_RESERVED_FIELDS = frozenset({"mime_type", "size", "command"})


@dataclass(frozen=True, slots=True)
class Upload(RequestSpec):
    """The file that a load sends to a ``mime://`` target. Every body is different, so that mixed-up files are noticed.

    Attributes:
        size_bytes: Size of each body.
        mime_type: Type that the header names.
        fields: More fields of the header, such as a user id.

    Raises:
        DeclarationError: A value cannot be sent in the protocol.
    """

    size_bytes: int = 1024
    mime_type: str = "text/plain"
    fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.size_bytes <= LARGEST_BYTES:
            raise DeclarationError(f"body size must be from 0 to {LARGEST_BYTES} bytes, saw {self.size_bytes}")
        if not _MIME_TYPE.fullmatch(self.mime_type):
            raise DeclarationError(f"expected a type such as text/plain, saw {self.mime_type!r}")
        if taken := _RESERVED_FIELDS & self.fields.keys():
            raise DeclarationError(f"these header fields are set by the client itself: {', '.join(sorted(taken))}")
