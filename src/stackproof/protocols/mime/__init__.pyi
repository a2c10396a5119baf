# What the room offers. `__init__.py` imports a name from here when it is asked for.

from .client import (
    Listed,
    MimeConnection,
    MimeError,
    MimeRefusedError,
    Receipt,
    Received,
    fetch_from,
)
from .upload import Upload

__all__ = [
    "Listed",
    "MimeConnection",
    "MimeError",
    "MimeRefusedError",
    "Receipt",
    "Received",
    "Upload",
    "fetch_from",
]
