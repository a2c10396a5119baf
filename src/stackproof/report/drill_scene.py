"""What belongs to one drill: the alert's states, the notifications, and what users saw, around one fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from stackproof.judge import DrillResult
from stackproof.model import (
    AlertReading,
    AlertSource,
    AlertState,
    DrillKind,
    Handling,
    HandlingState,
    Inhibited,
    Message,
    Sample,
    SeriesReading,
)

BEFORE_S = 2.0
AFTER_S = 1.0
_MOST_LANES = 8
_HOW = {
    DrillKind.FIRE: ": drill by",
    DrillKind.NEAR_MISS: ": near miss by",
    DrillKind.SILENCE: ": silenced by",
}


@dataclass(frozen=True, slots=True)
class StateLane:
    """The states of one alert over time.

    Attributes:
        name: The alert, with the labels that distinguish it from others of its name.
        states: Each state with its begin and end, on the monotonic clock.
        suppressed: Times in which Alertmanager suppressed it.
    """

    name: str
    states: tuple[tuple[AlertState, float, float], ...]
    suppressed: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The notifications of one receiver.

    Attributes:
        name: The receiver.
        promised: False if it was notified of the drilled alert, and no drill promises that.
        messages: Notifications of the alert or of those that it inhibits, in the order of time.
    """

    name: str
    promised: bool
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class DrillScene:
    """A drill and everything that was observed in it.

    Attributes:
        result: The judged drill; its injection is the zero of the scene's clock.
        samples: Requests, by the time when they were due.
        series: Values of the series that shows what the alert is about.
        lanes: States of the alert, and of those that it inhibits.
        mailboxes: Receivers, promised ones first.
        gaps: Times in which Prometheus was not watched.
        begins_s: The window's begin, on the monotonic clock.
        ends_s: Its end.
    """

    result: DrillResult
    samples: tuple[Sample, ...]
    series: tuple[SeriesReading, ...]
    lanes: tuple[StateLane, ...]
    mailboxes: tuple[Mailbox, ...]
    gaps: tuple[tuple[float, float], ...]
    begins_s: float
    ends_s: float

    @classmethod
    def of(cls, result: DrillResult, samples: Iterable[Sample]) -> DrillScene:
        """Cut out what belongs to a drill, from a little before its injection to a little after its end."""
        view = result.view
        begins_s = min(view.injected_s - BEFORE_S, view.drill.at_s)
        ends_s = _end(result) + AFTER_S
        wanted = "" if view.series() else view.drill.sli
        alerts = (Inhibited(view.drill.alert, view.drill.labels), *view.drill.inhibits)
        return cls(
            result=result,
            samples=tuple(
                each for each in samples if begins_s <= each.intended_s <= ends_s and wanted in {"", each.stream}
            ),
            series=view.series(),
            lanes=tuple(lane for each in alerts for lane in _lanes(result, each, begins_s, ends_s))[:_MOST_LANES],
            mailboxes=tuple(_mailboxes(result)),
            gaps=tuple(_gaps(result, begins_s, min(ends_s, view.end_s))),
            begins_s=begins_s,
            ends_s=ends_s,
        )

    @property
    def title(self) -> str:
        """Its title."""
        drill = self.result.view.drill
        return f"{drill.alert}{_HOW[drill.kind]} {drill.fault}"

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
        return moment_s - self.result.view.injected_s


def _end(result: DrillResult) -> float:
    """The drill's end; without one, the last observation."""
    view = result.view
    if view.ended_s is not None:
        return view.ended_s
    seen = [*(each.at_s for each in view.readings()), *(each.at_s for each in view.messages()), view.injected_s]
    return max(seen)


def _lanes(result: DrillResult, alert: Inhibited, begins_s: float, ends_s: float) -> Iterable[StateLane]:
    """One for each set of labels that was ever more than inactive; one for the rule if there is none."""
    view = result.view
    by_labels: dict[tuple[tuple[str, str], ...], list[AlertReading]] = {}
    for each in view.readings(alert):
        by_labels.setdefault(tuple(sorted(each.labels.items())), []).append(each)
    seen_s = min((each.at_s for each in view.readings(alert)), default=ends_s)
    spans = {labels: _spans(readings, max(seen_s, begins_s), ends_s) for labels, readings in by_labels.items()}
    live = {
        labels: each for labels, each in spans.items() if any(state is not AlertState.INACTIVE for state, *_ in each)
    }
    shown = live or dict([*spans.items()][:1])
    handlings = view.handlings(alert)
    for labels, states in shown.items():
        yield StateLane(_name(alert.alert, labels, shown), states, _suppressed(handlings, labels, begins_s, ends_s))


def _spans(readings: list[AlertReading], begins_s: float, ends_s: float) -> tuple[tuple[AlertState, float, float], ...]:
    """Each state and when; an alert that did not exist yet was inactive."""
    moments = [(AlertState.INACTIVE, begins_s), *((each.state, each.at_s) for each in readings)]
    ends = [*(at_s for _, at_s in moments[1:]), inf]
    cut = [
        (state, max(at_s, begins_s), min(until_s, ends_s)) for (state, at_s), until_s in zip(moments, ends, strict=True)
    ]
    return tuple((state, from_s, to_s) for state, from_s, to_s in cut if to_s > from_s)


def _gaps(result: DrillResult, begins_s: float, ends_s: float) -> Iterable[tuple[float, float]]:
    """The times between those in which Prometheus was watched."""
    from_s = begins_s
    for each in result.view.watched.get(AlertSource.STATES, ()):
        if from_s < each.begins_s:
            yield from_s, min(each.begins_s, ends_s)
        from_s = max(from_s, each.ends_s)
        if from_s >= ends_s:
            return
    yield from_s, ends_s


def _name(alert: str, labels: tuple[tuple[str, str], ...], among: Iterable[tuple[tuple[str, str], ...]]) -> str:
    """With only those labels that distinguish it from others of its name."""
    others = [each for each in among if each != labels]
    telling = [f"{name}={value}" for name, value in labels if any((name, value) not in each for each in others)]
    return f"{alert} {', '.join(telling)}".strip()


def _suppressed(
    handlings: Iterable[tuple[Handling, object]], labels: tuple[tuple[str, str], ...], begins_s: float, ends_s: float
) -> tuple[tuple[float, float], ...]:
    ours = [each for each, _ in handlings if tuple(sorted(each.labels.items())) == labels]
    return tuple(
        (max(each.at_s, begins_s), ends_s if following is None else min(following.at_s, ends_s))
        for each, following in zip(ours, [*ours[1:], None], strict=False)
        if each.state is HandlingState.SUPPRESSED
    )


def _mailboxes(result: DrillResult) -> Iterable[Mailbox]:
    view = result.view
    promised = [str(each) for each in view.drill.promised]
    wanted = {view.drill.alert, *(each.alert for each in view.drill.inhibits)}
    seen = [
        each
        for each in view.all_messages()
        if each.at_s <= view.end_s and (view.status_in(each) is not None or wanted & {*each.alerts})
    ]
    for name in dict.fromkeys([*promised, *(each.address for each in seen)]):
        ours = tuple(each for each in seen if each.address == name)
        unpromised = name not in promised and any(view.status_in(each) is not None for each in ours)
        yield Mailbox(name, not unpromised, ours)
