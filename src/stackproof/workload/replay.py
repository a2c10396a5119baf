"""Reads the schedule of a replay from a file of offsets, or from the samples in a run's history."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

from stackproof.model import DeclarationError, Location
from stackproof.workload.schedule import Replay

_EXPECTED = "expected an offset in seconds, or a line of a stackproof history"


def read_replay(file: Path, stream: str = "") -> Replay:
    """Read the schedule of a replay.

    There are two formats: one offset in seconds a line, ascending, counted from the start of the load, in which empty
    lines and comments after ``#`` are ignored; or a ``history.jsonl``, whose samples have the times when they were due,
    the earliest of which becomes 0.

    Args:
        file: The file.
        stream: The stream to take from a history; empty for all of them.

    Raises:
        DeclarationError: The file cannot be read, or a line fits neither format; the error names the line.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"cannot read the offsets to replay: {error}", where=Location(file)) from None
    recorded = next((line for line in lines if line.strip()), "").lstrip().startswith("{")
    offsets_s = _from_history(file, lines, stream) if recorded else tuple(_from_offsets(file, lines))
    if not offsets_s:
        wanted = f"samples of {stream!r}" if stream else "offsets"
        raise DeclarationError(f"expected {wanted} to replay, saw none", where=Location(file))
    return Replay(offsets_s)


def _from_offsets(file: Path, lines: list[str]) -> Iterator[float]:
    before_s = 0.0
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        offset_s = _offset_s(text)
        if offset_s is None:
            raise DeclarationError(f"{_EXPECTED}, saw {text[:80]!r}", where=Location(file, number))
        if offset_s < before_s:
            raise DeclarationError(
                f"expected an offset no smaller than the previous one, {before_s:g} s, saw {offset_s:g}",
                where=Location(file, number),
            )
        before_s = offset_s
        yield offset_s


def _offset_s(text: str) -> float | None:
    try:
        offset_s = float(text)
    except ValueError:
        return None
    return offset_s if math.isfinite(offset_s) else None


def _from_history(file: Path, lines: list[str], stream: str) -> tuple[float, ...]:
    intended_s = sorted(
        at_s
        for number, line in enumerate(lines, 1)
        if line.strip() and (at_s := _intended_s(Location(file, number), line, stream)) is not None
    )
    return tuple(at_s - intended_s[0] for at_s in intended_s)


def _intended_s(where: Location, line: str, stream: str) -> float | None:
    """Read the due time from a line of a history; None if it is not a sample of this stream."""
    try:
        fields = json.loads(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise DeclarationError(f"{_EXPECTED}, saw {line[:80]!r}", where=where)
    if fields.get("type") != "sample" or (stream and fields.get("stream") != stream):
        return None
    at_s = fields.get("intended_s")
    if not isinstance(at_s, int | float):
        raise DeclarationError(f"expected a sample with intended_s as a number, saw {at_s!r}", where=where)
    return float(at_s)
