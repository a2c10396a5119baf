"""Scripts: what clients do, as data that can be generated, shrunk, printed and played again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RUN = re.compile(rb"(.)\1{39,}", re.DOTALL)
"""Forty equal bytes or more; they are printed as a product."""


@dataclass(frozen=True, slots=True, repr=False)
class Write:
    """Write bytes on a connection; opens the connection first, if it is not open.

    Attributes:
        client: Number of the connection.
        data: The bytes; ``<file 0>`` in them stands for the name of the first file that this script stored.
        cuts: Offsets at which the bytes are cut into pieces.
        pause_s: How long the client pauses between pieces, in seconds.
    """

    client: int
    data: bytes
    cuts: tuple[int, ...] = ()
    pause_s: float = 0.0

    def __repr__(self) -> str:
        more = f", cuts={self.cuts}" if self.cuts else ""
        more += f", pause_s={self.pause_s:g}" if self.pause_s else ""
        return f"Write({self.client}, {literal(self.data)}{more})"


@dataclass(frozen=True, slots=True)
class Read:
    """Read all answers that are due on a connection."""

    client: int


@dataclass(frozen=True, slots=True)
class ReadToEnd:
    """Read all answers that are due on a connection; then the server has to close it without sending more."""

    client: int


@dataclass(frozen=True, slots=True)
class Close:
    """Close a connection, whatever is due on it."""

    client: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset a connection, whatever is due on it."""

    client: int


Step = Write | Read | ReadToEnd | Close | Reset
Script = tuple[Step, ...]


def literal(data: bytes) -> str:
    """Format bytes as Python source, with long runs of one byte as a product."""
    parts: list[str] = []
    at = 0
    for run in _RUN.finditer(data):
        parts += [repr(data[at : run.start()])] if run.start() > at else []
        parts.append(f"{run[1]!r} * {len(run[0])}")
        at = run.end()
    parts += [repr(data[at:])] if at < len(data) or not parts else []
    return " + ".join(parts)


def pieces(data: bytes, cuts: tuple[int, ...]) -> Iterator[bytes]:
    """Cut data at offsets; offsets outside of it are ignored."""
    at = 0
    for cut in (*sorted(set(cuts)), len(data)):
        if at < cut <= len(data):
            yield data[at:cut]
            at = cut
