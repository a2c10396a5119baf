"""One drill, with everything in a run's record that bears on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeVar

from stackproof.model import (
    Addressee,
    AlertReading,
    AlertSource,
    AlertState,
    Drill,
    FaultSpec,
    Handling,
    Inhibited,
    Message,
    MessageStatus,
    SeriesReading,
)

_Labelled = TypeVar("_Labelled", AlertReading, Handling)


@dataclass(frozen=True, slots=True)
class DrillCause:
    """What disturbed the stack in a drill: a fault or a load.

    Attributes:
        id: Id of the injection or the load.
        injected_s: When it began, on the monotonic clock.
        healed_s: When it ended; None if that was not recorded.
        confirmed: True if it was seen to take effect.
        observed: What was seen, in words.
        healing_took_s: How long its healing took, in seconds; 0 for a load.
        fault: The fault; None for a load.
    """

    id: str
    injected_s: float
    healed_s: float | None
    confirmed: bool
    observed: str
    healing_took_s: float = 0.0
    fault: FaultSpec | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time on the monotonic clock; its end may be infinite."""

    begins_s: float
    ends_s: float


@dataclass(frozen=True, slots=True)
class AlertObservations:
    """Everything that was observed of alerts in a run, each in the order of time.

    Attributes:
        readings: States in Prometheus, by alert.
        handlings: States in Alertmanager, by alert.
        series: Values, by the series' name.
        messages: Notifications that receivers got.
    """

    readings: Mapping[str, Sequence[AlertReading]]
    handlings: Mapping[str, Sequence[Handling]]
    series: Mapping[str, Sequence[SeriesReading]]
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill and what was observed.

    Attributes:
        drill: The drill and its promises.
        ended_s: When it ended; None if the record has no end of it.
        until_s: Until when notifications of its alert belong to it: the next drill of the alert.
        cause: What disturbed the stack; None if the record has nothing of it.
        observed: The observations of the whole run.
        watched: For each source, the intervals in which it was watched.
        is_missed: True if its alert always fires, so that a receiver notices when it does not.
        drilled: The labels of each alert of its name that a drill makes fire.
    """

    drill: Drill
    ended_s: float | None
    until_s: float
    cause: DrillCause | None
    observed: AlertObservations
    watched: Mapping[AlertSource, Sequence[Interval]]
    is_missed: bool = False
    drilled: Sequence[Mapping[str, str]] = ()

    @property
    def injected_s(self) -> float:
        """The zero of its times."""
        return self.cause.injected_s if self.cause else self.drill.at_s

    @property
    def healed_s(self) -> float:
        """When its cause was healed; infinity if it was not."""
        return inf if self.cause is None or self.cause.healed_s is None else self.cause.healed_s

    @property
    def healing_s(self) -> float:
        """When the healing began: before that, nobody can be notified that it resolved."""
        return self.healed_s - (self.cause.healing_took_s if self.cause else 0.0)

    @property
    def end_s(self) -> float:
        """When it ended; infinity if it did not."""
        return inf if self.ended_s is None else self.ended_s

    @property
    def begun(self) -> MessageStatus:
        """Status of a notification that its alert fires, or is missing."""
        return MessageStatus.MISSING if self.is_missed else MessageStatus.FIRING

    @property
    def over(self) -> MessageStatus:
        """Status of a notification that its alert resolved, or is back."""
        return MessageStatus.BACK if self.is_missed else MessageStatus.RESOLVED

    def status_in(self, message: Message) -> MessageStatus | None:
        """What a notification reports of its alert; None if it is not about it.

        A dead man's switch names no alert: its notifications belong to the drill that promises to notify it.
        """
        its_own = any((message.receiver, message.to) == (each.receiver, each.to) for each in self.drill.promised)
        if self.is_missed and its_own and message.status in {MessageStatus.MISSING, MessageStatus.BACK}:
            return message.status
        return message.on(self.drill.alert)

    def readings(self, other: Inhibited | None = None) -> tuple[AlertReading, ...]:
        """States of its alert, or of another one, with the labels that it must have, up to the drill's end."""
        wanted = other or Inhibited(self.drill.alert, self.drill.labels)
        return tuple(
            each
            for each in self.observed.readings.get(wanted.alert, ())
            if each.at_s <= self.end_s and wanted.labels.items() <= each.labels.items()
        )

    def namesake(self, by_s: float) -> Inhibited | None:
        """An alert of the same name, but with labels that no drill asks for, that had fired by then.

        It is named with those labels that the drill asks for.
        """
        every = self.observed.readings.get(self.drill.alert, ())
        for each, until_s in by_label(every):
            fired = each.state is AlertState.FIRING and each.at_s <= by_s and until_s >= self.drill.at_s
            if fired and not any(
                labels.items() <= each.labels.items() for labels in (*self.drilled, self.drill.labels)
            ):
                return Inhibited(each.alert, {name: each.labels.get(name, "") for name in self.drill.labels})
        return None

    def intervals(self, state: AlertState, other: Inhibited | None = None) -> tuple[Interval, ...]:
        """When any alert of the name was in a state."""
        found = [
            Interval(each.at_s, min(until_s, self.end_s))
            for each, until_s in by_label(self.readings(other))
            if each.state is state
        ]
        return tuple(sorted(found, key=lambda each: each.begins_s))

    def handlings(self, other: Inhibited | None = None) -> tuple[tuple[Handling, Interval], ...]:
        """How Alertmanager handled its alert, or another one, and when, within the drill."""
        wanted = other or Inhibited(self.drill.alert, self.drill.labels)
        seen = [
            each
            for each in self.observed.handlings.get(wanted.alert, ())
            if each.at_s <= self.end_s and wanted.labels.items() <= each.labels.items()
        ]
        timed = [(each, Interval(each.at_s, min(until_s, self.end_s))) for each, until_s in by_label(seen)]
        return tuple((each, interval) for each, interval in timed if interval.ends_s >= self.drill.at_s)

    def messages(self) -> tuple[Message, ...]:
        """Notifications of its alert, from the injection to the drill's end."""
        return tuple(each for each in self._from_injection() if each.at_s <= self.end_s)

    def messages_until_next(self) -> tuple[Message, ...]:
        """Notifications of its alert until the next drill of it, so that late ones belong to a drill too."""
        return tuple(each for each in self._from_injection() if each.at_s < self.until_s)

    def _from_injection(self) -> Iterator[Message]:
        return (each for each in self.all_messages() if self.status_in(each) is not None)

    def all_messages(self) -> tuple[Message, ...]:
        """Notifications of any alert, or of none, since the injection."""
        return tuple(each for each in self.observed.messages if each.at_s >= self.injected_s)

    def messages_at(self, to: Addressee) -> tuple[Message, ...]:
        """Those that one receiver got, including those that it refused."""
        return tuple(each for each in self.messages() if (each.receiver, each.to) == (to.receiver, to.to))

    def series(self) -> tuple[SeriesReading, ...]:
        """Values of the series that shows what the alert is about."""
        return tuple(
            each for each in self.observed.series.get(self.drill.sli, ()) if self.drill.at_s <= each.at_s <= self.end_s
        )

    def longest_gap_s(self, source: AlertSource, from_s: float, to_s: float) -> float:
        """The longest time within a stretch of time for which a source was not watched, in seconds."""
        longest_s, seen_s = 0.0, from_s
        for each in self.watched.get(source, ()):
            if each.ends_s > seen_s and each.begins_s < to_s:
                longest_s = max(longest_s, each.begins_s - seen_s)
                seen_s = min(each.ends_s, to_s)
        return max(longest_s, to_s - seen_s)

    def is_watched_at(self, source: AlertSource, moment_s: float) -> bool:
        """True if a source answered then or later."""
        return any(each.ends_s >= moment_s for each in self.watched.get(source, ()))


def by_label(entries: Sequence[_Labelled]) -> Iterator[tuple[_Labelled, float]]:
    """Each entry, and when the next one with the same labels replaced it; infinity if none did."""
    following: dict[tuple[tuple[str, str], ...], float] = {}
    found = []
    for each in reversed(entries):
        key = tuple(sorted(each.labels.items()))
        found.append((each, following.get(key, inf)))
        following[key] = each.at_s
    return reversed(found)
