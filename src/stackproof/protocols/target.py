"""Where a load goes: ``mime://host:port`` or ``http(s)://host[:port]/path``."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from stackproof.model import DeclarationError


class Scheme(StrEnum):
    """The protocol that is spoken."""

    MIME = "mime"
    HTTP = "http"
    HTTPS = "https"


_DEFAULT_PORTS = {Scheme.HTTP: 80, Scheme.HTTPS: 443}
_FIX = "give a target as mime://host:port, http://host:port/path or https://host:port/path"


@dataclass(frozen=True, slots=True)
class Target:
    """A target, taken apart.

    Attributes:
        scheme: The protocol.
        host: Host name or address, without brackets.
        port: TCP port.
        path: Path and query of an HTTP target, as they go over the wire.
    """

    scheme: Scheme
    host: str
    port: int
    path: str = "/"

    @property
    def authority(self) -> str:
        """Host and port as the ``Host`` header has them: the default port left out, IPv6 in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS.get(self.scheme) else f"{host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Read a target.

        Raises:
            DeclarationError: It has another shape.
        """
        try:
            parts = urlsplit(text)
            scheme = Scheme(parts.scheme)
            port = parts.port or _DEFAULT_PORTS.get(scheme)
            (parts.hostname or "").encode("idna")  # what the resolver would do, too late for a clear message
        except ValueError as error:
            raise DeclarationError(f"expected a target, saw {text!r}: {error}", fix=_FIX) from None
        if not parts.hostname or port is None or parts.username is not None:
            raise DeclarationError(f"expected a target with a host and a port, saw {text!r}", fix=_FIX)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if scheme is Scheme.MIME and path != "/":
            raise DeclarationError(f"expected a mime target without a path, saw {text!r}", fix=_FIX)
        if not path.isascii() or not path.isprintable() or " " in path:
            raise DeclarationError(
                f"expected a percent-encoded path, saw {path!r}", fix="encode it, as %20 for a blank"
            )
        return cls(scheme, parts.hostname, port, path)
