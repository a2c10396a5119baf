"""What clients do, as data: made by chance, shrunk, printed, and done again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RUN = re.compile(rb"(.)\1{39,}", re.DOTALL)
"""Forty bytes alike, and more: they are told as a product."""


@dataclass(frozen=True, slots=True, repr=False)
class Say:
    """Say something on a connection, which is made where there is none.

    Attributes:
        client: Number of the connection.
        data: The bytes; ``<file 0>`` in them stands for the name of the first file that this script stored.
        cuts: Where they are cut into pieces, as offsets.
        pause_s: How long the client pauses between pieces, in seconds.
    """

    client: int
    data: bytes
    cuts: tuple[int, ...] = ()
    pause_s: float = 0.0

    def __repr__(self) -> str:
        more = f", cuts={self.cuts}" if self.cuts else ""
        more += f", pause_s={self.pause_s:g}" if self.pause_s else ""
        return f"Say({self.client}, {literal(self.data)}{more})"


@dataclass(frozen=True, slots=True)
class Hear:
    """Hear all answers that are due on a connection."""

    client: int


@dataclass(frozen=True, slots=True)
class HearEnd:
    """Hear all that is due on a connection, and that the server then ends it, without another word."""

    client: int


@dataclass(frozen=True, slots=True)
class Leave:
    """End a connection, whatever is due on it."""

    client: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Tear a connection down, whatever is due on it."""

    client: int


Step = Say | Hear | HearEnd | Leave | Reset
Script = tuple[Step, ...]


def literal(data: bytes) -> str:
    """Bytes as Python writes them, long runs of one byte as a product."""
    parts: list[str] = []
    at = 0
    for run in _RUN.finditer(data):
        parts += [repr(data[at : run.start()])] if run.start() > at else []
        parts.append(f"{run[1]!r} * {len(run[0])}")
        at = run.end()
    parts += [repr(data[at:])] if at < len(data) or not parts else []
    return " + ".join(parts)


def pieces(data: bytes, cuts: tuple[int, ...]) -> Iterator[bytes]:
    """Data, cut at offsets; those that are out of it cut nothing."""
    at = 0
    for cut in (*sorted(set(cuts)), len(data)):
        if at < cut <= len(data):
            yield data[at:cut]
            at = cut
