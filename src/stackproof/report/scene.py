"""What belongs to one experiment: who was asked, what was answered and what the engine said, around one fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from stackproof.judge import WITHIN_S, Experiment, experiments
from stackproof.model import Event, EventKind, ProbeKind, ProbeReading, Sample

BEFORE_S = 3.0
AFTER_S = 5.0
_UNRECOVERED_S = 10.0  # what follows a healing whose recovery was not seen
_UNHEALED_S = 60.0  # what follows the injection of a fault that was not seen healed
_INTO_NEXT_S = 0.5  # so that the next fault can be seen to begin
_INJECTING_S = 1.0
_LEAST_AFTER_S = 2.0
_NOISE = ("exec_", "top", "attach", "resize")  # what our own looking makes
_KINDS = (ProbeKind.LIVENESS, ProbeKind.READINESS, ProbeKind.STARTUP, ProbeKind.PING)


@dataclass(frozen=True, slots=True)
class Scene:
    """An experiment and all that was seen around it.

    Attributes:
        title: Names it.
        experiment: The one that is shown; its injection is the zero of the scene's clock.
        others: Those that were held at some time of the window, too.
        samples: Requests, by the time when they should have been sent.
        readings: Answers to probes, in the order of time.
        events: Events, in the order of time.
        begins_s: The window's begin, on the monotonic clock.
        ends_s: Its end.
    """

    title: str
    experiment: Experiment
    others: tuple[Experiment, ...]
    samples: tuple[Sample, ...]
    readings: tuple[ProbeReading, ...]
    events: tuple[Event, ...]
    begins_s: float
    ends_s: float

    @classmethod
    def around(  # noqa: PLR0913 - what a record holds, and how much of it is wanted
        cls,
        experiment: Experiment,
        samples: Iterable[Sample],
        readings: Iterable[ProbeReading],
        events: Iterable[Event],
        *,
        before_s: float = BEFORE_S,
        after_s: float = AFTER_S,
        among: Sequence[Experiment] | None = None,
    ) -> Scene:
        """Cut out what belongs to an experiment, from some seconds before its injection until it was well again.

        Args:
            experiment: The one to show.
            samples: Requests of the run, of any stream.
            readings: Answers to probes.
            events: Events of the run.
            before_s: Seconds that are shown before the injection.
            after_s: Seconds that are shown after the recovery.
            among: All experiments of the run; read from the events where None.
        """
        requests, answers, happened = tuple(samples), tuple(readings), tuple(events)
        seen_s = max(_moments(requests, answers, happened), default=experiment.injected_s)
        known = experiments(happened) if among is None else among
        begins_s = experiment.injected_s - before_s
        ends_s = min(_end(experiment, after_s, seen_s), _next(experiment, known) + _INTO_NEXT_S)
        return cls(
            title=f"{experiment.id}: {experiment.fault}",
            experiment=experiment,
            others=tuple(other for other in known if _is_other(other, experiment, begins_s, ends_s)),
            samples=tuple(each for each in requests if begins_s <= each.intended_s <= ends_s),
            readings=tuple(sorted((each for each in answers if begins_s <= each.at_s <= ends_s), key=_at)),
            events=tuple(sorted((each for each in happened if begins_s <= each.at_s <= ends_s), key=_at)),
            begins_s=begins_s,
            ends_s=ends_s,
        )

    @property
    def span_s(self) -> float:
        """Length of the window."""
        return self.ends_s - self.begins_s

    def since(self, moment_s: float) -> float:
        """Seconds from the injection to a moment of the monotonic clock."""
        return moment_s - self.experiment.injected_s

    @property
    def recovered_at_s(self) -> float | None:
        """When all was well again, on the monotonic clock; None where that was not seen."""
        healed_s, recovered_s = self.experiment.healed_s, self.experiment.recovered_s
        return None if healed_s is None or recovered_s is None else healed_s + recovered_s

    @property
    def told_from_s(self) -> float:
        """What happened earlier may be the work of the fault before."""
        ended = [(other, other.healed_s) for other in self.others if other.healed_s is not None]
        well_s = [healed_s + (other.recovered_s or 0.0) for other, healed_s in ended]
        return max([self.begins_s, *(at_s for at_s in well_s if at_s <= self.experiment.injected_s)])

    @property
    def detected_at_s(self) -> float | None:
        """When the first sign of the fault was seen, on the monotonic clock; None where none was."""
        detected_s = self.experiment.detected_s
        return None if detected_s is None else self.experiment.injected_s + detected_s

    @property
    def told_until_s(self) -> float:
        """What happened later may be the work of the next fault, which works a little before it counts as injected."""
        next_s = _next(self.experiment, self.others)
        well_s = self.experiment.healed_s if self.recovered_at_s is None else self.recovered_at_s
        return self.ends_s if well_s is None or next_s == inf else max(well_s, next_s - _INJECTING_S)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a probe gave the same answer, in seconds of the monotonic clock."""

    begins_s: float
    ends_s: float
    ok: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """What one probe of one service said over time; where nobody asked there is no stretch."""

    service: str
    kind: ProbeKind
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What the engine said happened to a service's container, in a word."""

    service: str
    at_s: float
    word: str


def lanes(readings: Iterable[ProbeReading]) -> tuple[Lane, ...]:
    """What every probe that was asked said, by service."""
    by_probe: dict[tuple[str, ProbeKind], list[ProbeReading]] = defaultdict(list)
    for reading in readings:
        by_probe[reading.service, reading.kind].append(reading)
    in_order = sorted(by_probe, key=lambda probe: (probe[0], _KINDS.index(probe[1])))
    return tuple(Lane(*probe, _stretches(sorted(by_probe[probe], key=_at))) for probe in in_order)


def changes(scene: Scene) -> tuple[Change, ...]:
    """What the engine told of containers; of a service whose events it did not tell, what it answered when asked.

    What it only answered stands in brackets: it may have changed earlier than it was asked.
    """
    told = [
        Change(event.subject, event.at_s, _word(event.detail.get("action", "")))
        for event in scene.events
        if event.kind is EventKind.CONTAINER and not event.detail.get("action", "").startswith(_NOISE)
    ]
    of_events = {change.service for change in told}
    asked = [change for change in _answered(scene.readings) if change.service not in of_events]
    return tuple(sorted((*told, *asked), key=lambda change: (change.service, change.at_s)))


def _at(entry: ProbeReading | Event) -> float:
    return entry.at_s


def _moments(samples: Sequence[Sample], readings: Sequence[ProbeReading], events: Sequence[Event]) -> Iterable[float]:
    yield from (sample.ended_s for sample in samples)
    yield from (reading.at_s + reading.took_s for reading in readings)
    yield from (event.at_s for event in events)


def _end(experiment: Experiment, after_s: float, seen_s: float) -> float:
    """No later than the last that was seen: an empty half of a picture hides the other one."""
    if experiment.healed_s is None:
        least_s, wanted_s = experiment.injected_s, experiment.injected_s + _UNHEALED_S
    elif experiment.recovered_s is None:
        least_s, wanted_s = experiment.healed_s, experiment.healed_s + max(after_s, _UNRECOVERED_S)
    else:
        least_s = experiment.healed_s + experiment.recovered_s
        wanted_s = least_s + after_s
    return min(wanted_s, max(seen_s, least_s + _LEAST_AFTER_S))


def _next(experiment: Experiment, known: Iterable[Experiment]) -> float:
    """When the next fault after this one was injected; infinity where none was."""
    healed_s = inf if experiment.healed_s is None else experiment.healed_s + (experiment.recovered_s or 0.0)
    return min((other.injected_s for other in known if other.injected_s >= healed_s), default=inf)


def _is_other(other: Experiment, experiment: Experiment, begins_s: float, ends_s: float) -> bool:
    if (other.fault, other.injected_s) == (experiment.fault, experiment.injected_s):
        return False
    return other.injected_s <= ends_s and (inf if other.healed_s is None else other.healed_s) >= begins_s


def _stretches(readings: Sequence[ProbeReading]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for reading, following in zip(readings, [*readings[1:], None], strict=True):
        answered_s = reading.at_s + reading.took_s
        ends_s = answered_s if following is None else min(following.at_s, answered_s + WITHIN_S)
        if found and found[-1].ok is reading.ok and found[-1].ends_s >= reading.at_s:
            found[-1] = Stretch(found[-1].begins_s, ends_s, reading.ok)
        else:
            found.append(Stretch(reading.at_s, ends_s, reading.ok))
    return tuple(found)


def _word(action: str) -> str:
    return action.removeprefix("health_status: ")


def _answered(readings: Sequence[ProbeReading]) -> Iterable[Change]:
    """Where the engine's word on a service is another than before."""
    last: dict[str, str] = {}
    for reading in readings:
        state = reading.engine_state
        if state and state != last.get(reading.service, state):
            yield Change(reading.service, reading.at_s, f"({state})")
        if state:
            last[reading.service] = state
