"""One line of ``history.jsonl``: an entry as a JSON object whose ``type`` says which.

The format is JSON Lines (https://jsonlines.org/); pydantic writes the objects and checks them when they are read back.
"""

from typing import Annotated

from pydantic import ConfigDict, Discriminator, Tag, TypeAdapter

from stackproof.history.record import Header
from stackproof.model import (
    AlertReading,
    CheckResult,
    Drill,
    DrillScope,
    Entry,
    Event,
    Handling,
    LoadReport,
    Message,
    ProbeReading,
    Sample,
    SeriesReading,
)

Line = Header | Entry

_TYPES: dict[type, str] = {
    Header: "header",
    Event: "event",
    Sample: "sample",
    LoadReport: "load",
    ProbeReading: "reading",
    CheckResult: "check",
    AlertReading: "alert",
    Handling: "handling",
    Message: "message",
    SeriesReading: "series",
    Drill: "drill",
    DrillScope: "drills",
}


def _type_of(value: object) -> object:
    return value.get("type") if isinstance(value, dict) else _TYPES.get(type(value))


# NaN and infinity are no JSON: they are written as text, which pydantic reads back as the same number.
_ADAPTER: TypeAdapter[Line] = TypeAdapter(
    Annotated[
        Annotated[Header, Tag("header")]
        | Annotated[Event, Tag("event")]
        | Annotated[Sample, Tag("sample")]
        | Annotated[LoadReport, Tag("load")]
        | Annotated[ProbeReading, Tag("reading")]
        | Annotated[CheckResult, Tag("check")]
        | Annotated[AlertReading, Tag("alert")]
        | Annotated[Handling, Tag("handling")]
        | Annotated[Message, Tag("message")]
        | Annotated[SeriesReading, Tag("series")]
        | Annotated[Drill, Tag("drill")]
        | Annotated[DrillScope, Tag("drills")],
        Discriminator(_type_of),
    ],
    config=ConfigDict(ser_json_inf_nan="strings"),
)


def encode(value: Line) -> bytes:
    """The line of an entry, with its end of line."""
    fields = _ADAPTER.dump_json(value).removeprefix(b"{")
    return b'{"type":"%b",%b\n' % (_TYPES[type(value)].encode(), fields)


def decode(line: bytes) -> Line:
    """The entry that a line holds.

    Raises:
        pydantic.ValidationError: The line is no entry.
    """
    return _ADAPTER.validate_json(line)
