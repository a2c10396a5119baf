"""What belongs to one experiment: requests, probes and changes of containers around one fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from stackproof.judge import WITHIN_S, FaultRecord
from stackproof.model import ContainerChanged, Event, ProbeKind, ProbeReading, Sample

BEFORE_S = 3.0
AFTER_S = 5.0
_UNRECOVERED_S = 10.0  # after a healing whose recovery was not recorded
_UNHEALED_S = 60.0  # after the injection of a fault whose healing was not recorded
_INTO_NEXT_S = 0.5  # so that the begin of the next fault is visible
_INJECTING_S = 1.0
_LEAST_AFTER_S = 2.0
_NOISE = ("exec_", "top", "attach", "resize")  # what our own observation causes
_HEALTH = "health_status: "
_KINDS = (ProbeKind.LIVENESS, ProbeKind.READINESS, ProbeKind.STARTUP, ProbeKind.PING)


class SceneRecord(Protocol):
    """What a scene is cut out of; ``stackproof.history.Recorded`` has it."""

    @property
    def events(self) -> Sequence[Event]:
        """What happened."""

    @property
    def samples(self) -> Sequence[Sample]:
        """Requests of any stream."""

    @property
    def readings(self) -> Sequence[ProbeReading]:
        """Answers to probes."""


@dataclass(frozen=True, slots=True)
class ExperimentScene:
    """An experiment and everything that was observed around it.

    Attributes:
        title: Its title.
        shown: The fault that is shown; its injection is the zero of the scene's clock.
        others: Other faults that were held at some time of the window.
        samples: Requests, by the time when they should have been sent.
        readings: Answers to probes, in the order of time.
        events: Events, in the order of time.
        begins_s: The window's begin, on the monotonic clock.
        ends_s: Its end.
    """

    title: str
    shown: FaultRecord
    others: tuple[FaultRecord, ...]
    samples: tuple[Sample, ...]
    readings: tuple[ProbeReading, ...]
    events: tuple[Event, ...]
    begins_s: float
    ends_s: float

    @classmethod
    def around(cls, shown: FaultRecord, record: SceneRecord, faults: Sequence[FaultRecord]) -> ExperimentScene:
        """Cut out what belongs to an experiment, from some seconds before its injection until after its recovery.

        Args:
            shown: The fault to show.
            record: The run's record.
            faults: All faults of the run.
        """
        seen_s = max(_moments(record.samples, record.readings, record.events), default=shown.injected_s)
        begins_s = shown.injected_s - BEFORE_S
        ends_s = min(_end(shown, seen_s), _next(shown, faults) + _INTO_NEXT_S)
        return cls(
            title=f"{shown.name}: {shown.fault}",
            shown=shown,
            others=tuple(other for other in faults if _is_other(other, shown, begins_s, ends_s)),
            samples=tuple(each for each in record.samples if begins_s <= each.intended_s <= ends_s),
            readings=tuple(sorted((each for each in record.readings if begins_s <= each.at_s <= ends_s), key=_at)),
            events=tuple(sorted((each for each in record.events if begins_s <= each.at_s <= ends_s), key=_at)),
            begins_s=begins_s,
            ends_s=ends_s,
        )

    @property
    def span_s(self) -> float:
        """Length of the window."""
        return self.ends_s - self.begins_s

    @property
    def span(self) -> tuple[float, float]:
        """Both ends of the window, in seconds from the injection."""
        return self.since(self.begins_s), self.since(self.ends_s)

    def since(self, moment_s: float) -> float:
        """Seconds from the injection to a moment of the monotonic clock."""
        return moment_s - self.shown.injected_s

    @property
    def recovered_at_s(self) -> float | None:
        """When the steady state was back, on the monotonic clock; None if that was not recorded."""
        healed_s, recovered_s = self.shown.healed_s, self.shown.recovered_s
        return None if healed_s is None or recovered_s is None else healed_s + recovered_s

    @property
    def own_from_s(self) -> float:
        """From when on failures are its own; earlier ones may be due to the previous fault."""
        ended = [(other, other.healed_s) for other in self.others if other.healed_s is not None]
        well_s = [healed_s + (other.recovered_s or 0.0) for other, healed_s in ended]
        return max([self.begins_s, *(at_s for at_s in well_s if at_s <= self.shown.injected_s)])

    @property
    def detected_at_s(self) -> float | None:
        """When the first sign of the fault was seen, on the monotonic clock; None if none was."""
        detected_s = self.shown.detected_s
        return None if detected_s is None else self.shown.injected_s + detected_s

    @property
    def own_until_s(self) -> float:
        """Until when failures are its own; the next fault has effects a little before it counts as injected."""
        next_s = _next(self.shown, self.others)
        well_s = self.shown.healed_s if self.recovered_at_s is None else self.recovered_at_s
        return self.ends_s if well_s is None or next_s == inf else max(well_s, next_s - _INJECTING_S)


@dataclass(frozen=True, slots=True)
class ProbeInterval:
    """A stretch of time in which a probe gave the same answer, on the monotonic clock."""

    begins_s: float
    ends_s: float
    ok: bool


@dataclass(frozen=True, slots=True)
class ProbeLane:
    """The answers of one probe of one service over time; there is no interval while it was not asked."""

    service: str
    kind: ProbeKind
    intervals: tuple[ProbeInterval, ...]


@dataclass(frozen=True, slots=True)
class ContainerMark:
    """A change of a service's container, with the engine's word for it."""

    service: str
    at_s: float
    text: str


def probe_lanes(readings: Iterable[ProbeReading]) -> tuple[ProbeLane, ...]:
    """The answers of every probe that was asked, by service."""
    by_probe: dict[tuple[str, ProbeKind], list[ProbeReading]] = defaultdict(list)
    for reading in readings:
        by_probe[reading.service, reading.kind].append(reading)
    in_order = sorted(by_probe, key=lambda probe: (probe[0], _KINDS.index(probe[1])))
    return tuple(ProbeLane(*probe, _intervals(sorted(by_probe[probe], key=_at))) for probe in in_order)


def container_marks(scene: ExperimentScene) -> tuple[ContainerMark, ...]:
    """The changes of containers; of a service without events, the changes of its state between readings.

    The latter are in brackets: the state may have changed some time before the reading.
    """
    reported = [
        ContainerMark(event.service, event.at_s, event.action.removeprefix(_HEALTH))
        for event in scene.events
        if isinstance(event, ContainerChanged) and not event.action.startswith(_NOISE)
    ]
    with_events = {mark.service for mark in reported}
    read = [mark for mark in _state_changes(scene.readings) if mark.service not in with_events]
    return tuple(sorted((*reported, *read), key=lambda mark: (mark.service, mark.at_s)))


def _at(entry: ProbeReading | Event) -> float:
    return entry.at_s


def _moments(samples: Sequence[Sample], readings: Sequence[ProbeReading], events: Sequence[Event]) -> Iterable[float]:
    yield from (sample.ended_s for sample in samples)
    yield from (reading.at_s + reading.took_s for reading in readings)
    yield from (event.at_s for event in events)


def _end(experiment: FaultRecord, seen_s: float) -> float:
    """No later than the last observation: an empty half of a picture hides the other one."""
    if experiment.healed_s is None:
        least_s, wanted_s = experiment.injected_s, experiment.injected_s + _UNHEALED_S
    elif experiment.recovered_s is None:
        least_s, wanted_s = experiment.healed_s, experiment.healed_s + _UNRECOVERED_S
    else:
        least_s = experiment.healed_s + experiment.recovered_s
        wanted_s = least_s + AFTER_S
    return min(wanted_s, max(seen_s, least_s + _LEAST_AFTER_S))


def _next(experiment: FaultRecord, known: Iterable[FaultRecord]) -> float:
    """When the next fault after this one was injected; infinity if none was."""
    healed_s = inf if experiment.healed_s is None else experiment.healed_s + (experiment.recovered_s or 0.0)
    return min((other.injected_s for other in known if other.injected_s >= healed_s), default=inf)


def _is_other(other: FaultRecord, shown: FaultRecord, begins_s: float, ends_s: float) -> bool:
    if other.injection == shown.injection:
        return False
    return other.injected_s <= ends_s and (inf if other.healed_s is None else other.healed_s) >= begins_s


def _intervals(readings: Sequence[ProbeReading]) -> tuple[ProbeInterval, ...]:
    found: list[ProbeInterval] = []
    for reading, following in zip(readings, [*readings[1:], None], strict=True):
        answered_s = reading.at_s + reading.took_s
        ends_s = answered_s if following is None else min(following.at_s, answered_s + WITHIN_S)
        if found and found[-1].ok is reading.ok and found[-1].ends_s >= reading.at_s:
            found[-1] = ProbeInterval(found[-1].begins_s, ends_s, reading.ok)
        else:
            found.append(ProbeInterval(reading.at_s, ends_s, reading.ok))
    return tuple(found)


def _state_changes(readings: Sequence[ProbeReading]) -> Iterable[ContainerMark]:
    """Readings whose state of the container differs from the one before."""
    last: dict[str, str] = {}
    for reading in readings:
        state = reading.engine_state
        if state and state != last.get(reading.service, state):
            yield ContainerMark(reading.service, reading.at_s, f"({state})")
        if state:
            last[reading.service] = state
