"""A stored file's type and digest, kept in the file's extended attributes, so that they move with the file.

Files without attributes (restored by a tool that drops them, or on a file system without them) are served too: the
digest is computed on request, and the type is guessed from the name.
"""

import errno
import hashlib
import os
from dataclasses import dataclass

MIME_TYPE_ATTRIBUTE = "user.mime_type"
SHA256_ATTRIBUTE = "user.sha256"
TYPES_BY_SUFFIX = {"plain": "text/plain", "pdf": "application/pdf", "jpeg": "image/jpeg"}
UNKNOWN_TYPE = "application/octet-stream"

_NO_ATTRIBUTES = frozenset({errno.ENOTSUP, errno.ENODATA, errno.EPERM})


@dataclass(frozen=True, slots=True)
class Attributes:
    """A file's type and digest."""

    mime_type: str
    sha256: str


def write_attributes(fd: int, attributes: Attributes) -> None:
    """Store a file's attributes with it, if the file system supports that."""
    try:
        os.setxattr(fd, MIME_TYPE_ATTRIBUTE, attributes.mime_type.encode())
        os.setxattr(fd, SHA256_ATTRIBUTE, attributes.sha256.encode())
    except OSError as error:
        if error.errno not in _NO_ATTRIBUTES:
            raise


def read_attributes(fd: int, name: str) -> Attributes:
    """A file's attributes, as stored or else as derived; `name` is its stored name."""
    mime_type = _read(fd, MIME_TYPE_ATTRIBUTE) or TYPES_BY_SUFFIX.get(name.partition(".")[2], UNKNOWN_TYPE)
    return Attributes(mime_type, _read(fd, SHA256_ATTRIBUTE) or _digest(fd))


def _read(fd: int, attribute: str) -> str:
    try:
        return os.getxattr(fd, attribute).decode()
    except OSError as error:
        if error.errno not in _NO_ATTRIBUTES:
            raise
        return ""


def _digest(fd: int) -> str:
    with os.fdopen(os.dup(fd), "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
    return sha256
