"""Finds the drills of a record: the cause of each, when it ended, and when alerts were watched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf

from stackproof.judge.drill_view import AlertObservations, DrillCause, DrillView, Interval
from stackproof.judge.faults import fault_records
from stackproof.model import (
    AlertEntry,
    AlertReading,
    AlertSource,
    AlertsUnwatched,
    AlertsWatched,
    Drill,
    DrillEnded,
    DrillKind,
    DrillScope,
    Event,
    Handling,
    LoadEnded,
    LoadStarted,
    Message,
    Sample,
    SeriesReading,
)


def drill_views(
    entries: Iterable[AlertEntry], events: Sequence[Event], samples: Sequence[Sample]
) -> tuple[DrillView, ...]:
    """Every drill of a record, in the order of time."""
    timed = sorted((each for each in entries if not isinstance(each, DrillScope)), key=lambda each: each.at_s)
    drills = [each for each in timed if isinstance(each, Drill)]
    if not drills:
        return ()
    observed, watched = _observations(timed), _watched(events)
    ended = {each.drill: each.at_s for each in reversed(events) if isinstance(each, DrillEnded)}
    faults = _fault_causes(events)
    missed = {each.alert for each in drills if each.kind is DrillKind.SILENCE}
    return tuple(
        DrillView(
            drill=drill,
            ended_s=ended.get(drill.id),
            until_s=min((each.at_s for each in drills if _follows(each, drill)), default=inf),
            cause=faults.get(drill.cause) or _load_cause(drill, ended.get(drill.id, inf), events, samples),
            observed=observed,
            watched=watched,
            is_missed=drill.alert in missed,
            drilled=tuple(each.labels for each in drills if each.alert == drill.alert and each.kind is DrillKind.FIRE),
        )
        for drill in drills
    )


def _observations(timed: Iterable[AlertEntry]) -> AlertObservations:
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
    return AlertObservations(readings, handlings, series, messages)


def _follows(other: Drill, drill: Drill) -> bool:
    """Another drill of the same alert, after this one; a simultaneous one has other labels."""
    return other.alert == drill.alert and other.labels == drill.labels and other.at_s > drill.at_s


def _fault_causes(events: Iterable[Event]) -> dict[str, DrillCause]:
    return {
        each.injection: DrillCause(
            id=each.injection,
            injected_s=each.injected_s,
            healed_s=each.healed_s,
            confirmed=each.confirmed,
            observed=each.observed,
            healing_took_s=each.healing_took_s,
            fault=each.fault,
        )
        for each in fault_records(events)
    }


def _load_cause(drill: Drill, ended_s: float, events: Sequence[Event], samples: Sequence[Sample]) -> DrillCause | None:
    started = next((each for each in events if isinstance(each, LoadStarted) and each.load == drill.cause), None)
    if started is None:
        return None
    ends = (each.at_s for each in events if isinstance(each, LoadEnded) and each.load == started.load)
    sent = sum(each.stream == started.stream and started.at_s <= each.ended_s <= ended_s for each in samples)
    return DrillCause(started.load, started.at_s, next(ends, None), sent > 0, f"{sent:,} requests were sent")


def _watched(events: Iterable[Event]) -> dict[AlertSource, list[Interval]]:
    """When each source was watched; that of a series is left out, for nothing is judged by it."""
    found: dict[AlertSource, list[Interval]] = {}
    for each in sorted(events, key=lambda event: event.at_s):
        if isinstance(each, AlertsWatched) and not each.series:
            found.setdefault(each.source, []).append(Interval(each.at_s, inf))
        elif isinstance(each, AlertsUnwatched) and each.source in found and not each.series:
            found[each.source][-1] = Interval(found[each.source][-1].begins_s, each.at_s)
    return found
