"""The request that a load sends to an ``http://`` or ``https://`` target."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from stackproof.model import DeclarationError
from stackproof.protocols.interface import RequestSpec

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[^\r\n\0]*")


class Trust(StrEnum):
    """Whose TLS certificates are accepted: those that the system's authorities (or ``ca_file``) signed, or anyone's."""

    SYSTEM = "system"
    ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class HttpRequest(RequestSpec):
    """The request that a load sends to an ``http://`` or ``https://`` target, over HTTP/1.1.

    Attributes:
        method: Request method.
        headers: Headers in addition to Host, Content-Length and Connection; a Host or Content-Length given here
            replaces the usual one.
        body: Body, sent as UTF-8.
        expect: Text that the body of a good answer contains; empty to accept any body.
        trust: Whose TLS certificates are accepted.
        ca_file: Certificate authorities to trust instead of the system's.
        server_name: Name to expect in the certificate, if it is not the target's host.

    Raises:
        DeclarationError: A value cannot be sent in an HTTP request.
    """

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    expect: str = ""
    trust: Trust = Trust.SYSTEM
    ca_file: Path | None = None
    server_name: str | None = None

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.method):
            raise DeclarationError(f"expected an HTTP method such as GET, saw {self.method!r}")
        for name, value in self.headers.items():
            if not _TOKEN.fullmatch(name) or not _FIELD_VALUE.fullmatch(value) or not _is_encodable(value):
                raise DeclarationError(f"expected an HTTP header, saw {name!r}: {value!r}")
        for text in (self.body, self.expect):
            if not _is_encodable(text):
                raise DeclarationError(f"expected text that UTF-8 can encode, saw {text[:80]!r}")


def _is_encodable(text: str) -> bool:
    """False for text with bytes that the command line could not decode (surrogates)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
