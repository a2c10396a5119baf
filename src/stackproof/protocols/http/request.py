"""What a load sends to an ``http(s)://`` target."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from stackproof.model import DeclarationError

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[^\r\n\0]*")


class Trust(StrEnum):
    """Whose TLS certificates are accepted: those the system (or ``ca_file``) vouches for, or anyone's."""

    SYSTEM = "system"
    ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is sent to an ``http(s)://`` target, over HTTP/1.1.

    Attributes:
        method: Request method.
        headers: Headers beside Host, Content-Length and Connection; one of the first two given here replaces ours.
        body: Body, sent as UTF-8.
        expect: Text that the body of a good answer holds; empty where any will do.
        trust: Whose TLS certificates are accepted.
        ca_file: Certificates to trust in place of the system's.
        server_name: Name to expect in the certificate, where it is not the target's host.

    Raises:
        DeclarationError: A value cannot go over the wire.
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
            if not _TOKEN.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
                raise DeclarationError(f"expected an HTTP header, saw {name!r}: {value!r}")
