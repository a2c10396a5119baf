"""The ledger: every file that a server acknowledged, to be compared with what it gives back."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

Fetch = Callable[[str], bytes | None]
"""Fetches the bytes stored under a name; None if the server has no such file."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A file that the server acknowledged as stored.

    Attributes:
        stored_as: The name that the server gave it.
        size_bytes: Size that was sent and acknowledged.
        sha256: Digest of what was sent, in hex.
        stream: The load that sent it.
        at_s: When the acknowledgement was complete, on the monotonic clock.
    """

    stored_as: str
    size_bytes: int
    sha256: str
    stream: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """Acknowledged files, in the order of their acknowledgements."""

    files: tuple[Acknowledged, ...] = ()

    def __add__(self, other: "Ledger") -> "Ledger":
        return Ledger(tuple(sorted(self.files + other.files, key=lambda file: file.at_s)))


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What became of acknowledged files.

    Attributes:
        checked: How many were asked for.
        missing: Files that the server no longer has.
        torn: Files whose bytes are not the ones that were sent.
        duplicated: Names that were acknowledged for more than one file: one of them was overwritten.
    """

    checked: int
    missing: tuple[Acknowledged, ...]
    torn: tuple[Acknowledged, ...]
    duplicated: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """True if every acknowledged file is still stored, byte for byte."""
        return not (self.missing or self.torn or self.duplicated)


def verify(ledger: Ledger, fetch: Fetch) -> LedgerReport:
    """Compare every acknowledged file, by digest, with what the server gives back."""
    missing: list[Acknowledged] = []
    torn: list[Acknowledged] = []
    for file in ledger.files:
        body = fetch(file.stored_as)
        if body is None:
            missing.append(file)
        elif hashlib.sha256(body).hexdigest() != file.sha256:
            torn.append(file)
    times = Counter(file.stored_as for file in ledger.files)
    duplicated = tuple(name for name, count in times.items() if count > 1)
    return LedgerReport(len(ledger.files), tuple(missing), tuple(torn), duplicated)
