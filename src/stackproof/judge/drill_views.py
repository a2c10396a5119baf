"""Finds the drills of a record: what disturbed in each, when it ended, and when somebody watched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf

from stackproof.judge.drill_view import Cause, DrillView, Seen, Stretch
from stackproof.judge.experiments import Experiment, experiments
from stackproof.model import (
    AlertEntry,
    AlertReading,
    Drill,
    DrillKind,
    DrillScope,
    Event,
    EventKind,
    Handling,
    Message,
    Sample,
    SeriesReading,
)


def views(entries: Iterable[AlertEntry], events: Sequence[Event], samples: Sequence[Sample]) -> tuple[DrillView, ...]:
    """Every drill of a record, in the order of time.

    Raises:
        FaultError: The subject of an injection is no fault.
    """
    timed = sorted((each for each in entries if not isinstance(each, DrillScope)), key=lambda each: each.at_s)
    drills = [each for each in timed if isinstance(each, Drill)]
    if not drills:
        return ()
    seen = _seen(timed)
    faults, watched = experiments(events), _watched(events)
    missed = {each.alert for each in drills if each.kind is DrillKind.SILENCE}
    return tuple(
        DrillView(
            drill=drill,
            ended_s=(ended_s := _ended_s(drill, events)),
            until_s=min((each.at_s for each in drills if _follows(each, drill)), default=inf),
            cause=_cause(drill, inf if ended_s is None else ended_s, faults, events, samples),
            seen=seen,
            watched=watched,
            is_missed=drill.alert in missed,
            drilled=tuple(each.labels for each in drills if each.alert == drill.alert and each.kind is DrillKind.FIRE),
        )
        for drill in drills
    )


def _seen(timed: Iterable[AlertEntry]) -> Seen:
    readings: dict[str, list[AlertReading]] = defaultdict(list)
    handlings: dict[str, list[Handling]] = defaultdict(list)
    series: dict[str, list[SeriesReading]] = defaultdict(list)
    messages: list[Message] = []
    for each in timed:
        match each:
            case AlertReading():
                readings[each.alert].append(each)
            case Handling():
                handlings[each.alert].append(each)
            case SeriesReading():
                series[each.name].append(each)
            case Message():
                messages.append(each)
    return Seen(readings, handlings, series, messages)


def _follows(other: Drill, drill: Drill) -> bool:
    """Another drill of the same alert, after this one; one beside it has other labels."""
    return other.alert == drill.alert and other.labels == drill.labels and other.at_s > drill.at_s


def _ended_s(drill: Drill, events: Iterable[Event]) -> float | None:
    ends = [each.at_s for each in events if each.kind is EventKind.DRILL_ENDED and each.subject == drill.id]
    return next((at_s for at_s in ends if at_s >= drill.at_s), None)


def _cause(
    drill: Drill, ended_s: float, faults: Sequence[Experiment], events: Sequence[Event], samples: Sequence[Sample]
) -> Cause | None:
    wanted = " ".join(drill.fault.split())
    ours = [each for each in faults if str(each.fault) == wanted and drill.at_s <= each.injected_s <= ended_s]
    if ours:
        fault = ours[0]
        return Cause(fault.injected_s, fault.healed_s, fault.confirmed, fault.evidence, fault.healing_took_s)
    inside = [each for each in events if each.subject == drill.fault and drill.at_s <= each.at_s <= ended_s]
    started = next((each.at_s for each in inside if each.kind is EventKind.LOAD_STARTED), None)
    if started is None:
        return None
    ended = next((each.at_s for each in inside if each.kind is EventKind.LOAD_ENDED), None)
    sent = sum(each.stream == drill.fault and started <= each.ended_s <= ended_s for each in samples)
    return Cause(started, ended, sent > 0, f"{sent:,} requests were sent")


def _watched(events: Iterable[Event]) -> dict[str, list[Stretch]]:
    found: dict[str, list[Stretch]] = {}
    for each in sorted(events, key=lambda event: event.at_s):
        if each.kind is EventKind.ALERTS_SEEN:
            found.setdefault(each.subject, []).append(Stretch(each.at_s, inf))
        elif each.kind is EventKind.ALERTS_UNSEEN and each.subject in found:
            found[each.subject][-1] = Stretch(found[each.subject][-1].begins_s, each.at_s)
    return found
