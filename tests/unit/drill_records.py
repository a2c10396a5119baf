"""A drill that succeeds, written by hand; each test takes it and spoils one thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from stackproof.judge import AlertingJudgement, AlertRow, CellAnswer, judge_alerting
from stackproof.model import (
    Addressee,
    AlertEntry,
    AlertReading,
    AlertSource,
    AlertState,
    AlertsUnwatched,
    AlertsWatched,
    Aspect,
    Drill,
    DrillEnded,
    DrillKind,
    Event,
    Evidence,
    Family,
    FaultHealed,
    FaultInjected,
    FaultObserved,
    FaultSpec,
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
_SOURCES = (AlertSource.STATES, AlertSource.HANDLING, AlertSource.INBOX)


def moment(at_s: float) -> tuple[float, datetime]:
    """A moment, in seconds after the injection: the first two fields of an event."""
    return INJECTED_S + at_s, NOW


def reading(state: AlertState, at_s: float, alert: str = ALERT, labels: Mapping[str, str] = LABELS) -> AlertReading:
    """A state in Prometheus."""
    active_s = None if state is AlertState.INACTIVE else INJECTED_S + at_s - 0.1
    return AlertReading(alert, state, INJECTED_S + at_s, labels, active_s)


def handling(
    state: HandlingState, at_s: float, alert: str, by: str = "", labels: Mapping[str, str] = LABELS
) -> Handling:
    """A state in Alertmanager."""
    return Handling(alert, state, INJECTED_S + at_s, labels, (by,) if by else (), receivers=("someone",))


def message(  # noqa: PLR0913 - receiver, time, content and answer
    to: Addressee,
    status: MessageStatus,
    at_s: float,
    *alerts: str,
    answered: int = 202,
    problems: Sequence[str] = (),
    body: str = "{}",
) -> Message:
    """A notification that a receiver got."""
    named = alerts or (ALERT,)
    return Message(f"{at_s}", to.receiver, to.to, INJECTED_S + at_s, status, named, answered, tuple(problems), body)


def injected(text: str, at_s: float) -> FaultInjected:
    """The injection of a fault, whose text is its id."""
    return FaultInjected(*moment(at_s), text, FaultSpec.parse(text), Family.PROCESSES)


def healed(text: str, at_s: float, took_s: float = 0.0) -> FaultHealed:
    """The healing of a fault."""
    return FaultHealed(*moment(at_s), text, took_s)


def fault(text: str, at_s: float, healed_s: float | None, *, confirmed: bool = True) -> list[Event]:
    """The events of a fault."""
    evidence = Evidence(confirmed, "the engine says exited" if confirmed else "the engine says running")
    events = [injected(text, at_s), FaultObserved(*moment(at_s + 0.1), text, evidence)]
    return events if healed_s is None else [*events, healed(text, healed_s)]


def drill_ended(at_s: float, drill: str = "down") -> DrillEnded:
    """The end of a drill."""
    return DrillEnded(*moment(at_s), drill)


@dataclass(frozen=True, slots=True)
class Story:
    """The record of drills.

    Attributes:
        entries: What drills promise, and what was observed.
        events: What happened.
        samples: Requests.
    """

    entries: tuple[AlertEntry, ...] = ()
    events: tuple[Event, ...] = ()
    samples: tuple[Sample, ...] = field(default=())

    def judged(self) -> AlertingJudgement:
        """The judgement."""
        return judge_alerting(self.entries, self.events, self.samples)

    def rows(self) -> tuple[AlertRow, ...]:
        """The matrix."""
        return self.judged().rows

    def answers(self, aspect: Aspect, alert: str = ALERT) -> list[CellAnswer]:
        """The cells of an aspect, receiver by receiver."""
        return [cell.answer for row in self.rows() if row.alert == alert for cell in row.cells if cell.aspect is aspect]

    def reason(self, aspect: Aspect, to: Addressee | None = None) -> str:
        """The reason in a cell of the drilled alert."""
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
        """The same, but a receiver got nothing, or nothing with a status."""
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
    cause=FAULT,
)
NEAR = replace(
    DRILL, id="near", kind=DrillKind.NEAR_MISS, fault=NEAR_FAULT, cause=NEAR_FAULT, at_s=INJECTED_S - 31, promised=()
)


def watched(from_s: float = -40, to_s: float = 40) -> list[Event]:
    """Every source is watched for a while."""
    return [
        each
        for source in _SOURCES
        for each in (
            AlertsWatched(*moment(from_s), source),
            AlertsUnwatched(*moment(to_s), source, reason="the watch ended"),
        )
    ]


def near_miss() -> Story:
    """A shorter fault half a minute earlier, which made it pending and no more."""
    return Story(
        (NEAR, reading(AlertState.PENDING, -29), reading(AlertState.INACTIVE, -26)),
        (*fault(NEAR_FAULT, -30, -26), drill_ended(-25, "near")),
    )


def going_well() -> Story:
    """Pending after 0.4 s, firing after 0.9, notified after 1.1 and 1.3; healed after 10, over after 10.8, notified."""
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
        drill_ended(20),
    )
    return Story(entries, events)
