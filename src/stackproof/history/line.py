"""One line of ``history.jsonl``: an entry as a JSON object whose ``type`` names its class.

The format is JSON Lines (https://jsonlines.org/); pydantic writes the objects and validates them when they are read.
"""

from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Tag, TypeAdapter

from stackproof.history.record import Header
from stackproof.model import (
    AlertExempted,
    AlertReading,
    AlertsUnwatched,
    AlertsWatched,
    CheckResult,
    ContainerChanged,
    Drill,
    DrillEnded,
    DrillScope,
    Entry,
    ExperimentEnded,
    FamilyExempted,
    FaultHealed,
    FaultInjected,
    FaultKindExempted,
    FaultObserved,
    Handling,
    LoadEnded,
    LoadReport,
    LoadStarted,
    Measured,
    Message,
    Note,
    PartLeftOut,
    ProbeReading,
    PropertyTried,
    RunEnded,
    Sample,
    SeriesReading,
    StackDown,
    StackUp,
)

Line = Header | Entry

_TYPES: dict[type, str] = {
    Header: "header",
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
    StackUp: "stack_up",
    StackDown: "stack_down",
    RunEnded: "run_ended",
    ContainerChanged: "container_changed",
    LoadStarted: "load_started",
    LoadEnded: "load_ended",
    FaultInjected: "fault_injected",
    FaultObserved: "fault_observed",
    FaultHealed: "fault_healed",
    ExperimentEnded: "experiment_ended",
    PartLeftOut: "part_left_out",
    FamilyExempted: "family_exempted",
    DrillEnded: "drill_ended",
    AlertsWatched: "alerts_watched",
    AlertsUnwatched: "alerts_unwatched",
    AlertExempted: "alert_exempted",
    FaultKindExempted: "fault_kind_exempted",
    PropertyTried: "property_tried",
    Measured: "measured",
    Note: "note",
}


def _type_of(value: object) -> object:
    return value.get("type") if isinstance(value, dict) else _TYPES.get(type(value))


_TAGGED: Any = Annotated[
    reduce(or_, (Annotated[kind, Tag(name)] for kind, name in _TYPES.items())), Discriminator(_type_of)
]
# JSON has no NaN and no infinity: they are written as text, which pydantic reads back as the same number.
_ADAPTER: TypeAdapter[Line] = TypeAdapter(_TAGGED, config=ConfigDict(ser_json_inf_nan="strings"))


def encode(value: Line) -> bytes:
    """The line of an entry, with its line break."""
    fields = _ADAPTER.dump_json(value).removeprefix(b"{")
    return b'{"type":"%b"%b%b\n' % (_TYPES[type(value)].encode(), b"" if fields == b"}" else b",", fields)


def decode(line: bytes) -> Line:
    """The entry of a line.

    Raises:
        pydantic.ValidationError: The line is not an entry.
    """
    return _ADAPTER.validate_json(line)
