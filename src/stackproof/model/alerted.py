"""What was promised of alerts in a live drill, and what was seen of them, before anybody judges it.

Prometheus, Alertmanager and the receivers are asked again and again; an answer is an entry where it is a new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_SUCCESS = 2
"""First digit of what HTTP (RFC 9110) and SMTP (RFC 5321) answer where all went well."""


class AlertState(StrEnum):
    """State of an alert as Prometheus tells it; ``inactive`` is a rule without an alert."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


@dataclass(frozen=True, slots=True)
class AlertReading:
    """A state that an alert was seen in for the first time; it holds until the next reading of the same labels.

    Attributes:
        alert: Name of the alert.
        state: The state.
        at_s: When it was seen, on the monotonic clock.
        labels: Labels of the alert, without ``alertname``; the rule's own where it has no alert, and so is inactive.
        active_since_s: When Prometheus says that its expression began to hold (``activeAt``), on our monotonic clock,
            as far as its clock agrees with ours; None where it is inactive.
        value: Value of the expression, as Prometheus writes it.
        error: Why Prometheus cannot evaluate the rule; empty where it can.
    """

    alert: str
    state: AlertState
    at_s: float
    labels: Mapping[str, str] = field(default_factory=dict)
    active_since_s: float | None = None
    value: str = ""
    error: str = ""


class HandlingState(StrEnum):
    """What Alertmanager does with an alert; ``gone`` is one that it no longer has."""

    UNPROCESSED = "unprocessed"
    ACTIVE = "active"
    SUPPRESSED = "suppressed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Handling:
    """What Alertmanager was seen to do with an alert; it holds until the next one of the same labels.

    Attributes:
        alert: Name of the alert.
        state: What it does.
        at_s: When that was seen, on the monotonic clock.
        labels: Labels of the alert, without ``alertname``.
        inhibited_by: Names of the alerts that inhibit it; a fingerprint where the alert is not known.
        silenced_by: Ids of the silences that mute it.
        receivers: Names of the receivers that its routes lead to.
    """

    alert: str
    state: HandlingState
    at_s: float
    labels: Mapping[str, str] = field(default_factory=dict)
    inhibited_by: tuple[str, ...] = ()
    silenced_by: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()


class MessageStatus(StrEnum):
    """What a message says.

    ``beat`` (the first sign of life), ``missing`` and ``back`` are a dead man's switch's words on an alert that always
    fires; ``unclear`` is a message that nothing can be read from.
    """

    FIRING = "firing"
    RESOLVED = "resolved"
    BEAT = "beat"
    MISSING = "missing"
    BACK = "back"
    UNCLEAR = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that a receiver got.

    Attributes:
        id: The receiver's number for it, unique among all of them.
        receiver: What kind of receiver: ``slack``, ``pagerduty``, ``mail``, ``deadman``.
        to: Whom it reaches there: a channel, a service's key, an address.
        at_s: When it came, on the monotonic clock; never earlier than the last look that did not see it.
        status: What it says of all its alerts together.
        alerts: Names of the alerts that it speaks of; a dead man's switch knows none.
        answered: Status code that the receiver answered; 0 where nothing asked for an answer.
        problems: Where it is not what the vendor's published schema asks for, in words.
        body: The message itself, as JSON.
        firing: Names of those that fire, where it tells them apart.
        resolved: Names of those that are over, where it tells them apart.
    """

    id: str
    receiver: str
    to: str
    at_s: float
    status: MessageStatus
    alerts: tuple[str, ...]
    answered: int
    problems: tuple[str, ...] = ()
    body: str = ""
    firing: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()

    def on(self, alert: str) -> MessageStatus | None:
        """What it says of an alert: firing where any of that name fires; None where it does not speak of it."""
        if alert in self.firing:
            return MessageStatus.FIRING
        if alert in self.resolved:
            return MessageStatus.RESOLVED
        return self.status if alert in self.alerts else None

    @property
    def address(self) -> str:
        """Who got it, as ``slack #alerts``."""
        return f"{self.receiver} {self.to}".strip()

    @property
    def was_taken(self) -> bool:
        """True where the receiver did not refuse it: what it refused is sent again."""
        return self.answered == 0 or self.answered // 100 == _SUCCESS


@dataclass(frozen=True, slots=True)
class SeriesReading:
    """A value of a series that shows what an alert is about.

    Attributes:
        name: Its name in the report.
        at_s: When it was asked for, on the monotonic clock.
        value: The value; NaN where the query gave none.
    """

    name: str
    at_s: float
    value: float


@dataclass(frozen=True, slots=True)
class Addressee:
    """A receiver that a drill promises to tell.

    Attributes:
        receiver: What kind, as in Message.
        to: Whom, as in Message.
        told_of_end: False where nobody promised to tell it that the alert resolved.
    """

    receiver: str
    to: str
    told_of_end: bool = True

    def __str__(self) -> str:
        return f"{self.receiver} {self.to}".strip()


@dataclass(frozen=True, slots=True)
class Inhibited:
    """An alert that a drill promises to be silenced.

    Attributes:
        alert: Its name.
        labels: Labels that it must have, where others have its name.
    """

    alert: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        labels = ", ".join(f'{name}="{value}"' for name, value in self.labels.items())
        return f"{self.alert}{{{labels}}}" if labels else self.alert


class DrillKind(StrEnum):
    """What a drill proves.

    ``fire``: the fault makes the alert fire, and who should hears of it. ``near_miss``: a fault that is just too small
    does not. ``silence``: the fault silences an alert that always fires, and a dead man's switch misses it.
    """

    FIRE = "fire"
    NEAR_MISS = "near_miss"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that begins, and what is promised of it; an event ``drill_ended`` with its id as the subject ends it.

    Attributes:
        id: Unique in the run.
        alert: The alert that is drilled.
        kind: What it proves.
        fault: What disturbs: a fault as it is asked for (``KIND TARGET key=value``), or the name of a load.
        at_s: When it began, on the monotonic clock.
        promised: Every receiver that is to be told, and no other may be.
        expected_s: Time from the injection to the first message, as theory has it, in seconds on the wall. Of a near
            miss, how long it has to be held at least; 0 where it is a miss because it is short, and the alert then has
            to be pending.
        resolved_expected_s: Time from the healing to the message that all is well; None where theory is silent.
        within_s: Bound on both, which only bounds a hang; None for the judge's own multiple of theory.
        labels: Labels that the alert must have, where others have its name.
        inhibits: Alerts that the fault makes fire too, and that it must silence while it fires, and no longer.
        may_be_told: Receivers that may be told, too, and need not be: of alerts that share its name.
        together: Alerts that fire too, and must come in one message with it.
        repeat_s: Time after which the same message may come again; None where it is longer than the drill.
        factor: By how much the clocks of rules and routes are compressed: 60 makes an hour a minute.
        sli: Name of the series that shows what it is about, or of a load's stream; empty for all requests.
        threshold: The alert's threshold on that series, if that is known.
    """

    id: str
    alert: str
    kind: DrillKind
    fault: str
    at_s: float
    promised: tuple[Addressee, ...] = ()
    expected_s: float = 0.0
    resolved_expected_s: float | None = None
    within_s: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    inhibits: tuple[Inhibited, ...] = ()
    may_be_told: tuple[Addressee, ...] = ()
    together: tuple[str, ...] = ()
    repeat_s: float | None = None
    factor: float = 1.0
    sli: str = ""
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class DrillScope:
    """All that the drills of a run should cover, so that what is missing can be told.

    Attributes:
        alerts: Every alert of the rules.
        faults: Every kind of fault that is known.
    """

    alerts: tuple[str, ...]
    faults: tuple[str, ...] = ()


AlertEntry = AlertReading | Handling | Message | SeriesReading | Drill | DrillScope
