"""Reads records of format 1, whose events were text, and converts them to today's entries.

Format 1 had one kind of event line: a kind, a subject and details, all text. A fault's events shared the fault's text
as their subject, a load's events the load's name; a drill named its fault or its load in the same way. Here each
injection and each load gets an id, and what shared a text is linked by that id, as format 2 records it at once.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from math import inf

from pydantic import JsonValue, TypeAdapter
from pydantic_core import from_json, to_json

from stackproof.history.line import Line, decode
from stackproof.history.record import Header
from stackproof.model import (
    AlertExempted,
    AlertSource,
    AlertsUnwatched,
    AlertsWatched,
    Aspect,
    CheckResult,
    ContainerChanged,
    Drill,
    DrillEnded,
    Event,
    Evidence,
    ExperimentEnded,
    Family,
    FamilyExempted,
    FaultHealed,
    FaultInjected,
    FaultKindExempted,
    FaultObserved,
    FaultSpec,
    FirstSign,
    LoadEnded,
    LoadStarted,
    Measured,
    Note,
    PartLeftOut,
    PlannedFault,
    PropertyTried,
    RunEnded,
    StackDown,
    StackUp,
    Verdict,
)

FORMAT_1 = 1
_EVENT, _DRILL = b'{"type":"event",', b'{"type":"drill",'
_RENAMED = {"may_be_told": "may_notify", "told_of_end": "gets_resolved"}
_WHOLE_DRILL, _NO_ALERT = "drill", "fault"
_BOUND = "its bound of "
_UNLINKED = ""
"""The id of an injection or a load that the record has no beginning of."""


class _OldKind(StrEnum):
    RUN_STARTED = "run_started"
    RUN_ENDED = "run_ended"
    STACK_STARTING = "stack_starting"
    STACK_UP = "stack_up"
    STACK_DOWN = "stack_down"
    LOAD_STARTED = "load_started"
    LOAD_ENDED = "load_ended"
    FAULT_INJECTED = "fault_injected"
    FAULT_EVIDENCE = "fault_evidence"
    FAULT_HEALED = "fault_healed"
    EXPERIMENT = "experiment"
    EXEMPTED = "exempted"
    CONTAINER = "container"
    DRILL_ENDED = "drill_ended"
    ALERTS_SEEN = "alerts_seen"
    ALERTS_UNSEEN = "alerts_unseen"
    ALERT_EXEMPTED = "alert_exempted"
    TRIED = "tried"
    TEST = "test"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class OldEvent:
    """An event line of format 1."""

    kind: _OldKind
    at_s: float
    wall: datetime
    subject: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


_OLD_EVENT = TypeAdapter(OldEvent)


def decode_old(line: bytes) -> Line | OldEvent:
    """The entry of a line of format 1.

    Raises:
        pydantic.ValidationError: The line is not an entry.
    """
    if line.startswith(_EVENT):
        return _OLD_EVENT.validate_json(line)
    if line.startswith(_DRILL):
        with suppress(ValueError):  # what is not JSON is refused below
            return decode(to_json(_renamed(from_json(line))))
    return decode(line)


def _renamed(value: JsonValue) -> JsonValue:
    """The same with today's names of fields."""
    if isinstance(value, dict):
        return {_RENAMED.get(name, name): _renamed(each) for name, each in value.items()}
    return [_renamed(each) for each in value] if isinstance(value, list) else value


def upgraded(header: Header, entries: Sequence[Line | OldEvent]) -> list[Line]:
    """The entries of a record of format 1 as those of today, in their order.

    Raises:
        FaultError: An event is about a fault, but its subject is not one.
        ValueError: A source of alerts is not known.
    """
    old = [entry for entry in entries if isinstance(entry, OldEvent)]
    links = _Links()
    converted = {id(event): links.converted(event) for event in sorted(old, key=lambda event: event.at_s)}
    events = [converted[id(event)] for event in old]
    return [_upgraded(header, converted[id(each)] if isinstance(each, OldEvent) else each, events) for each in entries]


def _upgraded(header: Header, entry: Line, events: Sequence[Event]) -> Line:
    match entry:
        case CheckResult():
            return _linked_to_objective(header, entry)
        case Drill():
            return replace(entry, cause=_cause(entry, events))
        case _:
            return entry


def _linked_to_objective(header: Header, check: CheckResult) -> CheckResult:
    for objective in header.objectives:
        repeats = check.message.startswith(f"{objective.id}: ")
        if repeats or check.id.endswith(f"[{objective.id}]"):
            return replace(check, objective=objective.id, repeats_objective=repeats)
    return check


def _cause(drill: Drill, events: Sequence[Event]) -> str:
    """The first fault or load of a drill's text that began between the drill's begin and end."""
    ends = [each.at_s for each in events if isinstance(each, DrillEnded) and each.drill == drill.id]
    ended_s = next((at_s for at_s in ends if at_s >= drill.at_s), inf)
    inside = [each for each in events if drill.at_s <= each.at_s <= ended_s]
    text = " ".join(drill.fault.split())
    faults = [each for each in inside if isinstance(each, FaultInjected) and not each.part_of]
    injected = sorted((each for each in faults if str(each.fault) == text), key=lambda each: each.at_s)
    if injected:
        return injected[0].injection
    loads = (each.load for each in inside if isinstance(each, LoadStarted) and each.stream == drill.fault)
    return next(loads, "")


class _Links:
    """Converts events in the order of time, and links those of one fault or one load by an id."""

    def __init__(self) -> None:
        self._made = 0
        self._injections: dict[str, str] = {}
        self._judged: set[str] = set()
        self._loads: dict[str, str] = {}
        self._converters: Mapping[_OldKind, Callable[[OldEvent], Event]] = {
            _OldKind.RUN_ENDED: lambda old: RunEnded(old.at_s, old.wall),
            _OldKind.STACK_UP: lambda old: StackUp(old.at_s, old.wall, old.subject),
            _OldKind.STACK_DOWN: lambda old: StackDown(old.at_s, old.wall, old.subject),
            _OldKind.CONTAINER: lambda old: ContainerChanged(
                old.at_s, old.wall, old.subject, old.detail.get("action", "")
            ),
            _OldKind.LOAD_STARTED: self._load_started,
            _OldKind.LOAD_ENDED: lambda old: LoadEnded(old.at_s, old.wall, self._loads.get(old.subject, _UNLINKED)),
            _OldKind.FAULT_INJECTED: self._fault_injected,
            _OldKind.FAULT_EVIDENCE: self._fault_observed,
            _OldKind.FAULT_HEALED: self._fault_healed,
            _OldKind.EXPERIMENT: self._experiment_ended,
            _OldKind.DRILL_ENDED: lambda old: DrillEnded(old.at_s, old.wall, old.subject),
            _OldKind.ALERTS_SEEN: lambda old: AlertsWatched(old.at_s, old.wall, *_source(old.subject)),
            _OldKind.ALERTS_UNSEEN: lambda old: AlertsUnwatched(
                old.at_s, old.wall, *_source(old.subject), old.detail.get("why", "")
            ),
            _OldKind.EXEMPTED: _family_exempted,
            _OldKind.ALERT_EXEMPTED: _alert_exempted,
            _OldKind.TRIED: lambda old: PropertyTried(
                old.at_s, old.wall, old.subject, old.detail.get("test", ""), int(_number(old.detail.get("cases")) or 0)
            ),
            _OldKind.NOTE: _note,
        }

    def converted(self, old: OldEvent) -> Event:
        """The event as one of today."""
        return self._converters.get(old.kind, _plain_note)(old)

    def _new(self) -> str:
        self._made += 1
        return f"v1-{self._made}"

    def _load_started(self, old: OldEvent) -> LoadStarted:
        load = self._loads[old.subject] = self._new()
        after_s = _number(old.detail.get("after_s")) or 0.0
        return LoadStarted(old.at_s, old.wall, load, old.subject, old.detail.get("target", ""), after_s)

    def _fault_injected(self, old: OldEvent) -> FaultInjected:
        injection = self._injections[old.subject] = self._new()
        return FaultInjected(
            old.at_s,
            old.wall,
            injection,
            FaultSpec.parse(old.subject),
            _family(old.detail.get("family")),
            old.detail.get("id", ""),
            old.detail.get("part_of", ""),
        )

    def _fault_observed(self, old: OldEvent) -> FaultObserved:
        evidence = Evidence(old.detail.get("bit", "").lower() == "true", old.detail.get("observed", ""))
        return FaultObserved(old.at_s, old.wall, self._injections.get(old.subject, _UNLINKED), evidence)

    def _fault_healed(self, old: OldEvent) -> FaultHealed:
        injection = self._injections.get(old.subject, _UNLINKED)
        return FaultHealed(
            old.at_s, old.wall, injection, _number(old.detail.get("took_s")) or 0.0, _bound_s(old.detail.get("by", ""))
        )

    def _experiment_ended(self, old: OldEvent) -> ExperimentEnded:
        """A verdict belongs to the last injection of its fault, and only the first verdict does."""
        known = self._injections.get(old.subject, _UNLINKED)
        injection = known if known and known not in self._judged else self._new()
        self._judged.add(injection)
        detected_s = _number(old.detail.get("detected_s"))
        return ExperimentEnded(
            old.at_s,
            old.wall,
            (PlannedFault(injection, FaultSpec.parse(old.subject)),),
            _verdict(old.detail.get("verdict")),
            old.detail.get("reason", ""),
            None if detected_s is None else FirstSign(detected_s, old.detail.get("detected_by", "")),
            _number(old.detail.get("recovered_s")),
        )


def _family_exempted(old: OldEvent) -> Event:
    family = _family(old.detail.get("family"))
    if family is None:
        return _plain_note(old)
    return FamilyExempted(old.at_s, old.wall, old.subject, family, old.detail.get("reason", ""))


def _alert_exempted(old: OldEvent) -> Event:
    aspect, reason = old.detail.get("aspect", _WHOLE_DRILL), old.detail.get("reason", "")
    if aspect == _NO_ALERT:
        return FaultKindExempted(old.at_s, old.wall, old.subject, reason)
    if aspect == _WHOLE_DRILL:
        return AlertExempted(old.at_s, old.wall, old.subject, None, reason)
    if aspect in set(Aspect):
        return AlertExempted(old.at_s, old.wall, old.subject, Aspect(aspect), reason)
    return _plain_note(old)


def _note(old: OldEvent) -> Event:
    if "measured" in old.detail:
        took_s = _number(old.detail.get("seconds")) or 0.0
        return Measured(old.at_s, old.wall, old.subject, old.detail["measured"], took_s)
    if "left_out" in old.detail:
        fault, part_of = FaultSpec.parse(old.subject), old.detail.get("part_of", "")
        return PartLeftOut(old.at_s, old.wall, fault, part_of, old.detail["left_out"])
    return _plain_note(old)


def _plain_note(old: OldEvent) -> Note:
    return Note(old.at_s, old.wall, old.subject, old.detail)


def _source(subject: str) -> tuple[AlertSource, str]:
    source, _, series = subject.partition(" ")
    return AlertSource(source), series


def _family(text: str | None) -> Family | None:
    return Family(text) if text in set(Family) else None


def _verdict(text: str | None) -> Verdict:
    """A verdict that was not recorded is PASS: the experiment claimed nothing more; one that is none proves nothing."""
    if not text:
        return Verdict.PASS
    return Verdict(text) if text in set(Verdict) else Verdict.INCONCLUSIVE


def _bound_s(by: str) -> float | None:
    """From ``its bound of 600 s``."""
    if not by:
        return None
    bound_s = _number(by.removeprefix(_BOUND).removesuffix(" s"))
    return inf if bound_s is None else bound_s


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
