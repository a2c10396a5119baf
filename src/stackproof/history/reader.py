"""Reads the history of a run back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from stackproof.history.line import Line, decode
from stackproof.history.record import FORMAT, Header, Recorded
from stackproof.history.version_1 import FORMAT_1, decode_old, upgraded
from stackproof.history.writer import FILE_NAME
from stackproof.model import (
    AlertEntry,
    CheckResult,
    Event,
    FaultError,
    HistoryError,
    LoadReport,
    Location,
    ProbeReading,
    Sample,
)

_Kind = TypeVar("_Kind")
_Decoded = TypeVar("_Decoded")


def read(place: Path) -> Recorded:
    """Read the record of a run, of this format or an earlier one.

    A last line that was cut short is left out: a run that was killed may leave one. Any other line that is not an entry
    is an error, because a judge must not guess.

    Args:
        place: The run's folder, or the file itself.

    Raises:
        HistoryError: There is no such file, its format is not known, or a line of it is damaged.
    """
    file = place / FILE_NAME if place.is_dir() else place
    lines = _lines(file)
    torn = bool(lines) and not lines[-1].endswith(b"\n")
    whole = lines[:-1] if torn else lines
    header = _header(file, whole)
    entries = _entries(file, header, whole[1:])
    return Recorded(
        header=header,
        events=_of(Event, entries),
        samples=_of(Sample, entries),
        loads=_of(LoadReport, entries),
        readings=_of(ProbeReading, entries),
        checks=_of(CheckResult, entries),
        alerts=tuple(entry for entry in entries if isinstance(entry, AlertEntry)),
        torn=torn,
    )


def _lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        raise HistoryError(
            "expected the history of a run, saw no such file",
            where=str(file),
            fix="name a run's folder, one of those under reports/runs/, or the history.jsonl in it",
        ) from None
    except OSError as error:
        raise HistoryError(f"the history cannot be read: {error.strerror or error}", where=str(file)) from error


def _header(file: Path, lines: Sequence[bytes]) -> Header:
    if not lines:
        raise HistoryError(
            "expected a header, saw none: the run died before it began, or this is not a history", where=str(file)
        )
    header = _decoded(decode, file, 1, lines[0])
    if not isinstance(header, Header):
        raise HistoryError("expected a header, saw another entry", where=Location(file, 1))
    if header.format not in {FORMAT, FORMAT_1}:
        raise HistoryError(
            f"expected a history of format {FORMAT} or earlier, saw format {header.format}",
            where=Location(file, 1),
            fix="judge it with the version of stackproof that recorded it",
        )
    return header


def _entries(file: Path, header: Header, lines: Sequence[bytes]) -> Sequence[Line]:
    if header.format == FORMAT:
        return [_decoded(decode, file, number, line) for number, line in enumerate(lines, 2)]
    try:
        return upgraded(header, [_decoded(decode_old, file, number, line) for number, line in enumerate(lines, 2)])
    except (FaultError, ValueError) as error:
        raise HistoryError(f"damaged entry: {error}", where=str(file)) from None


def _decoded(decoder: Callable[[bytes], _Decoded], file: Path, number: int, line: bytes) -> _Decoded:
    try:
        return decoder(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise HistoryError(
            f"damaged entry: {place + ': ' if place else ''}{first['msg']}; saw {line[:80]!r}",
            where=Location(file, number),
            fix="a history is never edited by hand; restore the file, or delete this line if you know what it was",
        ) from None


def _of(kind: type[_Kind], entries: Sequence[Line]) -> tuple[_Kind, ...]:
    return tuple(entry for entry in entries if isinstance(entry, kind))
