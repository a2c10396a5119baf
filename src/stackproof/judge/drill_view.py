"""One drill, with all of a run's record that bears on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeVar

from stackproof.model import (
    Addressee,
    AlertReading,
    AlertState,
    Drill,
    Handling,
    Inhibited,
    Message,
    MessageStatus,
    SeriesReading,
)

_Labelled = TypeVar("_Labelled", AlertReading, Handling)


@dataclass(frozen=True, slots=True)
class Cause:
    """What disturbed in a drill: a fault, or a load.

    Attributes:
        injected_s: When it began, on the monotonic clock.
        healed_s: When it ended; None where that was not seen.
        confirmed: True where it was seen to work.
        evidence: What was seen, in words.
        healing_took_s: How long it took to end, in seconds; 0 where it ended at once.
    """

    injected_s: float
    healed_s: float | None
    confirmed: bool
    evidence: str
    healing_took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which an alert was in one state, on the monotonic clock; it may be without an end."""

    begins_s: float
    ends_s: float


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was seen of alerts in a run, each in the order of time.

    Attributes:
        readings: States in Prometheus, by alert.
        handlings: What Alertmanager did, by alert.
        series: Values, by the series' name.
        messages: What receivers got.
    """

    readings: Mapping[str, Sequence[AlertReading]]
    handlings: Mapping[str, Sequence[Handling]]
    series: Mapping[str, Sequence[SeriesReading]]
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill and what was seen.

    Attributes:
        drill: What was promised.
        ended_s: When it ended; None where the record has no end of it.
        until_s: Until when messages on its alert are its own: the next drill of the alert.
        cause: What disturbed; None where the record has nothing of it.
        seen: What was seen in the whole run.
        watched: For each source, from when until when it was watched.
        is_missed: True where its alert always fires, so that a receiver tells when it does not.
        drilled: The labels of each alert of its name that a drill makes fire.
    """

    drill: Drill
    ended_s: float | None
    until_s: float
    cause: Cause | None
    seen: Seen
    watched: Mapping[str, Sequence[Stretch]]
    is_missed: bool = False
    drilled: Sequence[Mapping[str, str]] = ()

    @property
    def injected_s(self) -> float:
        """The zero of its times."""
        return self.cause.injected_s if self.cause else self.drill.at_s

    @property
    def healed_s(self) -> float:
        """When it was healed; infinity where it was not."""
        return inf if self.cause is None or self.cause.healed_s is None else self.cause.healed_s

    @property
    def healing_s(self) -> float:
        """When its healing began: nobody can be told of its end before."""
        return self.healed_s - (self.cause.healing_took_s if self.cause else 0.0)

    @property
    def end_s(self) -> float:
        """When it ended; infinity where it did not."""
        return inf if self.ended_s is None else self.ended_s

    @property
    def begun(self) -> MessageStatus:
        """What a message says that its alert is there."""
        return MessageStatus.MISSING if self.is_missed else MessageStatus.FIRING

    @property
    def over(self) -> MessageStatus:
        """What a message says that all is well."""
        return MessageStatus.BACK if self.is_missed else MessageStatus.RESOLVED

    def says(self, message: Message) -> MessageStatus | None:
        """What a message says of its alert; None where it does not speak of it.

        A dead man's switch knows no alert: what it says concerns the drill that promises it to be told.
        """
        its_own = any((message.receiver, message.to) == (each.receiver, each.to) for each in self.drill.promised)
        if self.is_missed and its_own and message.status in {MessageStatus.MISSING, MessageStatus.BACK}:
            return message.status
        return message.on(self.drill.alert)

    def readings(self, other: Inhibited | None = None) -> tuple[AlertReading, ...]:
        """States of its alert, with the labels that it must have, or of another one, up to the drill's end."""
        wanted = other or Inhibited(self.drill.alert, self.drill.labels)
        return tuple(
            each
            for each in self.seen.readings.get(wanted.alert, ())
            if each.at_s <= self.end_s and wanted.labels.items() <= each.labels.items()
        )

    def stranger(self, by_s: float) -> Inhibited | None:
        """An alert of the same name, but of other labels than any drill asks for, which had fired by then.

        With as much of its labels as its drill asks for.
        """
        every = self.seen.readings.get(self.drill.alert, ())
        for each, until_s in by_label(every):
            fired = each.state is AlertState.FIRING and each.at_s <= by_s and until_s >= self.drill.at_s
            if fired and not any(
                labels.items() <= each.labels.items() for labels in (*self.drilled, self.drill.labels)
            ):
                return Inhibited(each.alert, {name: each.labels.get(name, "") for name in self.drill.labels})
        return None

    def stretches(self, state: AlertState, other: Inhibited | None = None) -> tuple[Stretch, ...]:
        """Times in which any alert of the name was in a state."""
        found = [
            Stretch(each.at_s, min(until_s, self.end_s))
            for each, until_s in by_label(self.readings(other))
            if each.state is state
        ]
        return tuple(sorted(found, key=lambda each: each.begins_s))

    def handlings(self, other: Inhibited | None = None) -> tuple[tuple[Handling, Stretch], ...]:
        """What Alertmanager did with its alert, or with another one, and when, as far as the drill goes."""
        wanted = other or Inhibited(self.drill.alert, self.drill.labels)
        seen = [
            each
            for each in self.seen.handlings.get(wanted.alert, ())
            if each.at_s <= self.end_s and wanted.labels.items() <= each.labels.items()
        ]
        timed = [(each, Stretch(each.at_s, min(until_s, self.end_s))) for each, until_s in by_label(seen)]
        return tuple((each, stretch) for each, stretch in timed if stretch.ends_s >= self.drill.at_s)

    def messages(self) -> tuple[Message, ...]:
        """Messages on its alert, from the injection to the drill's end."""
        return tuple(each for each in self._from_injection() if each.at_s <= self.end_s)

    def stray_messages(self) -> tuple[Message, ...]:
        """Messages on its alert until the next drill of it, so that none that comes late is nobody's."""
        return tuple(each for each in self._from_injection() if each.at_s < self.until_s)

    def _from_injection(self) -> Iterator[Message]:
        return (each for each in self.all_messages() if self.says(each) is not None)

    def all_messages(self) -> tuple[Message, ...]:
        """Messages on any alert, or on none, since the injection."""
        return tuple(each for each in self.seen.messages if each.at_s >= self.injected_s)

    def messages_at(self, to: Addressee) -> tuple[Message, ...]:
        """Those that one receiver got, refused ones among them."""
        return tuple(each for each in self.messages() if (each.receiver, each.to) == (to.receiver, to.to))

    def series(self) -> tuple[SeriesReading, ...]:
        """Values of the series that shows what it is about."""
        return tuple(
            each for each in self.seen.series.get(self.drill.sli, ()) if self.drill.at_s <= each.at_s <= self.end_s
        )

    def longest_blind_s(self, source: str, from_s: float, to_s: float) -> float:
        """The longest time, in a stretch of time, for which a source was not watched."""
        longest_s, seen_s = 0.0, from_s
        for each in self.watched.get(source, ()):
            if each.ends_s > seen_s and each.begins_s < to_s:
                longest_s = max(longest_s, each.begins_s - seen_s)
                seen_s = min(each.ends_s, to_s)
        return max(longest_s, to_s - seen_s)

    def is_watched_at(self, source: str, moment_s: float) -> bool:
        """True where a source answered then, or later."""
        return any(each.ends_s >= moment_s for each in self.watched.get(source, ()))


def by_label(entries: Sequence[_Labelled]) -> Iterator[tuple[_Labelled, float]]:
    """Each entry, and when the next one of the same labels took its place; infinity where none did."""
    following: dict[tuple[tuple[str, str], ...], float] = {}
    found = []
    for each in reversed(entries):
        key = tuple(sorted(each.labels.items()))
        found.append((each, following.get(key, inf)))
        following[key] = each.at_s
    return reversed(found)
