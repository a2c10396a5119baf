"""A live drill that goes well, written by hand; each claim takes it and spoils one thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from stackproof.judge import AlertingJudgement, AlertRow, Answer, Aspect, judge_alerting
from stackproof.model import (
    Addressee,
    AlertEntry,
    AlertReading,
    AlertState,
    Drill,
    DrillKind,
    Event,
    EventKind,
    Handling,
    HandlingState,
    Message,
    MessageStatus,
    Sample,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
INJECTED_S = 1000.0
FAULT = "kill shop"
NEAR_FAULT = "restart shop"
ALERT = "ShopDown"
PAGER = Addressee("pagerduty", "key-1")
CHAT = Addressee("slack", "#ops")
LABELS = {"severity": "critical", "service": "shop"}
_SOURCES = ("states", "handling", "inbox")


def event(kind: EventKind, at_s: float, subject: str, **detail: str) -> Event:
    """An event, so many seconds after the injection."""
    return Event(kind, INJECTED_S + at_s, NOW, subject, detail)


def reading(state: AlertState, at_s: float, alert: str = ALERT, labels: Mapping[str, str] = LABELS) -> AlertReading:
    """A state that was seen."""
    active_s = None if state is AlertState.INACTIVE else INJECTED_S + at_s - 0.1
    return AlertReading(alert, state, INJECTED_S + at_s, labels, active_s)


def handling(
    state: HandlingState, at_s: float, alert: str, by: str = "", labels: Mapping[str, str] = LABELS
) -> Handling:
    """What Alertmanager was seen to do."""
    return Handling(alert, state, INJECTED_S + at_s, labels, (by,) if by else (), receivers=("someone",))


def message(  # noqa: PLR0913 - who got what, when, about what
    to: Addressee,
    status: MessageStatus,
    at_s: float,
    *alerts: str,
    answered: int = 202,
    problems: Sequence[str] = (),
    body: str = "{}",
) -> Message:
    """A message that was got."""
    named = alerts or (ALERT,)
    return Message(f"{at_s}", to.receiver, to.to, INJECTED_S + at_s, status, named, answered, tuple(problems), body)


def fault(subject: str, at_s: float, healed_s: float | None, *, bit: bool = True) -> list[Event]:
    """The events of a fault."""
    observed = "the engine says exited" if bit else "the engine says running"
    events = [
        event(EventKind.FAULT_INJECTED, at_s, subject, family="processes"),
        event(EventKind.FAULT_EVIDENCE, at_s + 0.1, subject, bit=str(bit).lower(), observed=observed),
    ]
    return events if healed_s is None else [*events, event(EventKind.FAULT_HEALED, healed_s, subject)]


@dataclass(frozen=True, slots=True)
class Story:
    """What is in a record of drills.

    Attributes:
        entries: What was promised and seen.
        events: What happened.
        samples: Requests.
    """

    entries: tuple[AlertEntry, ...] = ()
    events: tuple[Event, ...] = ()
    samples: tuple[Sample, ...] = field(default=())

    def judged(self) -> AlertingJudgement:
        """What the judge says."""
        return judge_alerting(self.entries, self.events, self.samples)

    def rows(self) -> tuple[AlertRow, ...]:
        """The matrix."""
        return self.judged().rows

    def answers(self, aspect: Aspect, alert: str = ALERT) -> list[Answer]:
        """What the cells of an aspect say, receiver by receiver."""
        return [cell.answer for row in self.rows() if row.alert == alert for cell in row.cells if cell.aspect is aspect]

    def reason(self, aspect: Aspect, to: Addressee | None = None) -> str:
        """Why a cell of the drilled alert is no yes."""
        rows = [each for each in self.rows() if each.alert == ALERT and (to is None or each.to == to)]
        return next(cell.reason for cell in rows[0].cells if cell.aspect is aspect)

    def plus(self, *more: AlertEntry | Event) -> "Story":
        """The same with more in it."""
        events = [each for each in more if isinstance(each, Event)]
        entries = [each for each in more if not isinstance(each, Event)]
        return replace(self, entries=(*self.entries, *entries), events=(*self.events, *events))

    def without(self, *gone: AlertEntry | Event) -> "Story":
        """The same with less in it."""
        return replace(
            self,
            entries=tuple(each for each in self.entries if each not in gone),
            events=tuple(each for each in self.events if each not in gone),
        )

    def without_messages(self, to: Addressee, status: MessageStatus | None = None) -> "Story":
        """The same, but a receiver got nothing, or nothing of a kind."""
        gone = [each for each in self.messages(to) if status in {None, each.status}]
        return self.without(*gone)

    def messages(self, to: Addressee) -> list[Message]:
        """What a receiver got."""
        seen = [each for each in self.entries if isinstance(each, Message)]
        return [each for each in seen if (each.receiver, each.to) == (to.receiver, to.to)]

    def promising(self, **other: object) -> "Story":
        """The same, but with other promises of the drill that fires."""
        ours = self.drills()
        changed = [
            replace(each, **other) if each in ours else each  # type: ignore[arg-type] # fields of a drill
            for each in self.entries
        ]
        return replace(self, entries=tuple(changed))

    def drills(self) -> list[Drill]:
        """Drills that fire."""
        return [each for each in self.entries if isinstance(each, Drill) and each.kind is DrillKind.FIRE]


DRILL = Drill(
    id="down",
    alert=ALERT,
    kind=DrillKind.FIRE,
    fault=FAULT,
    at_s=INJECTED_S - 1,
    promised=(PAGER, CHAT),
    expected_s=1.2,
    resolved_expected_s=6.0,
    labels={"severity": "critical"},
    factor=60.0,
)
NEAR = replace(DRILL, id="near", kind=DrillKind.NEAR_MISS, fault=NEAR_FAULT, at_s=INJECTED_S - 31, promised=())


def watched(from_s: float = -40, to_s: float = 40) -> list[Event]:
    """That somebody looked."""
    return [
        each
        for source in _SOURCES
        for each in (
            event(EventKind.ALERTS_SEEN, from_s, source),
            event(EventKind.ALERTS_UNSEEN, to_s, source, why="the watch ended"),
        )
    ]


def near_miss() -> Story:
    """A shorter fault half a minute before, which made it pending and no more."""
    return Story(
        (NEAR, reading(AlertState.PENDING, -29), reading(AlertState.INACTIVE, -26)),
        (*fault(NEAR_FAULT, -30, -26), event(EventKind.DRILL_ENDED, -25, "near")),
    )


def going_well() -> Story:
    """Pending after 0.4 s, firing after 0.9, told after 1.1 and 1.3; healed after 10, over after 10.8, told after."""
    entries = (
        AlertReading(ALERT, AlertState.INACTIVE, INJECTED_S - 35, {"severity": "critical"}),
        *near_miss().entries,
        DRILL,
        reading(AlertState.PENDING, 0.5),
        reading(AlertState.FIRING, 0.9),
        handling(HandlingState.ACTIVE, 1.0, ALERT),
        message(PAGER, MessageStatus.FIRING, 1.1),
        message(CHAT, MessageStatus.FIRING, 1.3, answered=200),
        reading(AlertState.INACTIVE, 10.8),
        handling(HandlingState.GONE, 10.9, ALERT),
        message(PAGER, MessageStatus.RESOLVED, 12.0),
        message(CHAT, MessageStatus.RESOLVED, 12.1, answered=200),
    )
    events = (
        *watched(),
        *near_miss().events,
        *fault(FAULT, 0, 10),
        event(EventKind.DRILL_ENDED, 20, "down"),
    )
    return Story(entries, events)
