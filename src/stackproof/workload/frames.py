"""The messages of a load's process to its parent: pickled frames, one after the other; one kind holds packed samples.

Both ends are the same program and user, so the parent need not validate what it reads, and a worker that imports
neither pydantic nor a parser is ready in a third of the time. All processes of a host share the monotonic clock, so
times are sent as they are.
"""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from stackproof.model import LoadReport, Outcome, Sample
from stackproof.protocols.ledger import Acknowledged
from stackproof.workload.result import LoadSummary

_PACKED = Struct("<dddHH")
"""Intended, started, ended; then the index of the outcome and of the detail in their tables."""

_OUTCOMES = tuple(Outcome)
_INDEXES = {outcome: index for index, outcome in enumerate(_OUTCOMES)}
_MOST_DETAILS = 1000
_LONGEST_DETAIL = 80


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker can start at once."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples of a tenth of a second.

    Attributes:
        packed: The samples, packed.
        details: The table of details that they refer to.
        acknowledged: Files that the server acknowledged to these requests.
    """

    packed: bytes
    details: tuple[str, ...]
    acknowledged: tuple[Acknowledged, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The load is over, and every sample was sent."""

    report: LoadReport
    summary: LoadSummary


@dataclass(frozen=True, slots=True)
class Failed:
    """The worker cannot go on.

    Attributes:
        message: Why.
    """

    message: str


Frame = Ready | Batch | Finished | Failed


def encode(frame: Frame) -> bytes:
    """Encode a frame."""
    return pickle.dumps(frame)


def read_frame(stream: BinaryIO) -> Frame:
    """Read the next frame.

    Raises:
        EOFError: The stream ended, before a frame or in the middle of one.
        pickle.UnpicklingError: As above, or these bytes are not a frame.
    """
    frame: Frame = pickle.load(stream)  # noqa: S301 - our own worker wrote it
    return frame


def unpack(batch: Batch, stream: str) -> Iterator[Sample]:
    """Unpack the samples of a batch."""
    for intended_s, started_s, ended_s, outcome, detail in _PACKED.iter_unpack(batch.packed):
        yield Sample(stream, intended_s, started_s, ended_s, _OUTCOMES[outcome], batch.details[detail])


class Packer:
    """Collects samples for the next batch."""

    def __init__(self) -> None:
        self._clear()

    def add(self, sample: Sample, acknowledged: Acknowledged | None) -> None:
        """Add a sample, and the file that was acknowledged with it."""
        self._packed += _PACKED.pack(
            sample.intended_s, sample.started_s, sample.ended_s, _INDEXES[sample.outcome], self._index(sample.detail)
        )
        if acknowledged is not None:
            self._acknowledged.append(acknowledged)

    def take(self) -> bytes:
        """Return everything since the last call as an encoded frame; empty if there is nothing."""
        if not self._packed:
            return b""
        frame = encode(Batch(bytes(self._packed), tuple(self._details), tuple(self._acknowledged)))
        self._clear()
        return frame

    def _index(self, detail: str) -> int:
        """Return the detail's index in the batch's table; a server that invents codes cannot grow the table forever."""
        index = self._details.get(detail)
        if index is None:
            text = detail[:_LONGEST_DETAIL] if len(self._details) < _MOST_DETAILS else "other"
            index = self._details.setdefault(text, len(self._details))
        return index

    def _clear(self) -> None:
        self._packed = bytearray()
        self._details: dict[str, int] = {"": 0}
        self._acknowledged: list[Acknowledged] = []
