"""Targets: the URL of a service under load or contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from stackproof.model import DeclarationError


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed target.

    Attributes:
        scheme: Scheme, in lower case.
        host: Host name or address, without brackets.
        port: TCP port.
        path: Path and query, as they are sent; ``/`` if the target has none.
    """

    scheme: str
    host: str
    port: int
    path: str = "/"


def split_target(text: str, default_ports: Mapping[str, int | None], form: str) -> Target:
    """Parse a target.

    Args:
        text: The target.
        default_ports: Every scheme that is accepted, with its default port; None if the target has to name the port.
        form: How a target is written, for the message of an error.

    Raises:
        DeclarationError: The target is malformed.
    """
    fix = f"write the target as {form}"
    try:
        parts = urlsplit(text)
        port = parts.port or default_ports.get(parts.scheme)
        (parts.hostname or "").encode("idna")  # the resolver does this too, but its error comes late and is unclear
    except ValueError as error:
        raise DeclarationError(f"expected a target, saw {text!r}: {error}", fix=fix) from None
    if parts.scheme not in default_ports:
        raise DeclarationError(f"expected a target of the form {form}, saw {text!r}", fix=fix)
    if not parts.hostname or port is None or parts.username is not None:
        raise DeclarationError(f"expected a target with a host and a port, saw {text!r}", fix=fix)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or not path.isprintable() or " " in path:
        raise DeclarationError(
            f"expected a percent-encoded path, saw {path!r}", fix="write a space as %20, for example"
        )
    return Target(parts.scheme, parts.hostname, port, path)
