"""What a worker tells its parent: frames of one JSON line, of which one kind is followed by packed samples.

Monotonic clocks are one clock for all processes of a host, so times go over as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Annotated, BinaryIO, Literal

from pydantic import Discriminator, TypeAdapter

from stackproof.model import LoadReport, Outcome, Sample
from stackproof.workload.ledger import Acknowledged
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

    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples follow: this many bytes of them.

    Attributes:
        size_bytes: Size of the packed samples that follow the line.
        details: Table of the details that they refer to.
        acknowledged: Files acknowledged by these requests.
    """

    size_bytes: int
    details: tuple[str, ...]
    acknowledged: tuple[Acknowledged, ...]
    kind: Literal["batch"] = "batch"


@dataclass(frozen=True, slots=True)
class Finished:
    """The load is over, and every sample was told."""

    report: LoadReport
    summary: LoadSummary
    kind: Literal["finished"] = "finished"


@dataclass(frozen=True, slots=True)
class Failed:
    """The worker gives up.

    Attributes:
        message: Why.
    """

    message: str
    kind: Literal["failed"] = "failed"


Frame = Ready | Batch | Finished | Failed

_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Discriminator("kind")])


def encode(frame: Frame) -> bytes:
    """The line of a frame."""
    return _FRAME.dump_json(frame) + b"\n"


def decode(line: bytes) -> Frame:
    """Read a frame's line back.

    Raises:
        pydantic.ValidationError: The line holds no frame.
    """
    return _FRAME.validate_json(line)


def unpack(batch: Batch, packed: bytes, stream: str) -> Iterator[Sample]:
    """The samples of a batch."""
    for intended_s, started_s, ended_s, outcome, detail in _PACKED.iter_unpack(packed):
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
        batch = Batch(len(self._packed), tuple(self._details), tuple(self._acknowledged))
        frame = encode(batch) + self._packed
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


def read_exactly(file: BinaryIO, size_bytes: int) -> bytes:
    """Read this many bytes.

    Raises:
        EOFError: There are fewer.
    """
    data = file.read(size_bytes)
    if len(data) < size_bytes:
        raise EOFError
    return data
