"""Targets of the socket protocol."""

from stackproof.model import DeclarationError
from stackproof.protocols.target import Target, split_target

DEFAULT_PORTS = {"mime": None}
TARGET_FORM = "mime://host:port"


def mime_target(text: str) -> Target:
    """Parse ``mime://host:port``.

    Raises:
        DeclarationError: The target is malformed, or has a path.
    """
    target = split_target(text, DEFAULT_PORTS, TARGET_FORM)
    if target.path != "/":
        raise DeclarationError(
            f"expected a mime target without a path, saw {text!r}", fix=f"write the target as {TARGET_FORM}"
        )
    return target
