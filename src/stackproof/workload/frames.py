"""What a worker tells its parent: frames, pickled one after the other, of which one kind holds packed samples.

Both ends are of one program and one user, so nothing that comes over needs to be checked; and a worker that imports
neither pydantic nor a parser is ready in a third of the time. Monotonic clocks are one clock for all processes of a
host, so times go over as they are.
"""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from stackproof.model import LoadReport, Outcome, Sample
from stackproof.protocols.mime.ledger import Acknowledged
from stackproof.workload.result import LoadSummary

_PACKED = Struct("<dddHH")
"""Intended, started, ended; then the places of the outcome and of the detail in their tables."""

_OUTCOMES = tuple(Outcome)
_PLACES = {outcome: place for place, outcome in enumerate(_OUTCOMES)}
_MOST_DETAILS = 1000
_LONGEST_DETAIL = 80


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker can start at once."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples.

    Attributes:
        packed: The samples, packed.
        details: Table of the details that they refer to.
        acknowledged: Files acknowledged by these requests.
    """

    packed: bytes
    details: tuple[str, ...]
    acknowledged: tuple[Acknowledged, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The load is over, and every sample was told."""

    report: LoadReport
    summary: LoadSummary


@dataclass(frozen=True, slots=True)
class Failed:
    """The worker gives up.

    Attributes:
        message: Why.
    """

    message: str


Frame = Ready | Batch | Finished | Failed


def encode(frame: Frame) -> bytes:
    """The bytes of a frame."""
    return pickle.dumps(frame)


def read_frame(stream: BinaryIO) -> Frame:
    """Read the next frame.

    Raises:
        EOFError: The stream ended, before a frame or in the middle of it.
        pickle.UnpicklingError: As above, or what comes is no frame.
    """
    frame: Frame = pickle.load(stream)  # noqa: S301 - our own worker wrote it
    return frame


def unpack(batch: Batch, stream: str) -> Iterator[Sample]:
    """The samples of a batch."""
    for intended_s, started_s, ended_s, outcome, detail in _PACKED.iter_unpack(batch.packed):
        yield Sample(stream, intended_s, started_s, ended_s, _OUTCOMES[outcome], batch.details[detail])


class Packer:
    """Collects samples until they are taken as one batch."""

    def __init__(self) -> None:
        self._clear()

    def add(self, sample: Sample, acknowledged: Acknowledged | None) -> None:
        """Add a sample, and the file that it brought."""
        self._packed += _PACKED.pack(
            sample.intended_s, sample.started_s, sample.ended_s, _PLACES[sample.outcome], self._place(sample.detail)
        )
        if acknowledged is not None:
            self._acknowledged.append(acknowledged)

    def take(self) -> bytes:
        """Everything since the last time, as a frame; nothing where there is nothing."""
        if not self._packed:
            return b""
        frame = encode(Batch(bytes(self._packed), tuple(self._details), tuple(self._acknowledged)))
        self._clear()
        return frame

    def _place(self, detail: str) -> int:
        """Where the detail is in the batch's table, which a server that makes up codes cannot fill without end."""
        place = self._details.get(detail)
        if place is None:
            text = detail[:_LONGEST_DETAIL] if len(self._details) < _MOST_DETAILS else "other"
            place = self._details.setdefault(text, len(self._details))
        return place

    def _clear(self) -> None:
        self._packed = bytearray()
        self._details: dict[str, int] = {"": 0}
        self._acknowledged: list[Acknowledged] = []
