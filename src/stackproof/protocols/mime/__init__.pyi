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
from .ledger import Acknowledged, Ledger, LedgerReport, verify

__all__ = [
    "Acknowledged",
    "Ledger",
    "LedgerReport",
    "Listed",
    "MimeConnection",
    "MimeError",
    "MimeRefusedError",
    "Receipt",
    "Received",
    "fetch_from",
    "verify",
]
