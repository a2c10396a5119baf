"""What drills promise of alerts, and what was observed of alerts, before anything is judged.

Prometheus, Alertmanager and the receivers are polled; an answer becomes an entry only if it differs from the last one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_SUCCESS = 2
"""First digit of a success in HTTP (RFC 9110) and SMTP (RFC 5321)."""


class AlertSource(StrEnum):
    """Where observations of alerts come from.

    ``states``: Prometheus. ``handling``: Alertmanager. ``inbox``: the receivers. ``series``: a query of Prometheus.
    """

    STATES = "states"
    HANDLING = "handling"
    INBOX = "inbox"
    SERIES = "series"


class Aspect(StrEnum):
    """What a drill proves of an alert at a receiver; the columns of the coverage matrix."""

    FIRED = "fired"
    IN_TIME = "in time"
    ROUTED = "routed"
    GROUPED = "grouped"
    INHIBITED = "inhibited"
    RESOLVED = "resolved"
    SILENT = "silent on near miss"


class AlertState(StrEnum):
    """State of an alert in Prometheus; ``inactive`` is a rule without an alert."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


@dataclass(frozen=True, slots=True)
class AlertReading:
    """A change of an alert's state; it holds until the next reading with the same labels.

    Attributes:
        alert: Name of the alert.
        state: The new state.
        at_s: When it was seen, on the monotonic clock.
        labels: Labels of the alert, without ``alertname``; those of the rule if it has no alert and so is inactive.
        active_since_s: When its expression began to hold according to Prometheus (``activeAt``), converted to our
            monotonic clock; None if it is inactive.
        value: Value of the expression, as Prometheus writes it.
        error: Why Prometheus cannot evaluate the rule; empty if it can.
    """

    alert: str
    state: AlertState
    at_s: float
    labels: Mapping[str, str] = field(default_factory=dict)
    active_since_s: float | None = None
    value: str = ""
    error: str = ""


class HandlingState(StrEnum):
    """State of an alert in Alertmanager; ``gone`` is an alert that it no longer has."""

    UNPROCESSED = "unprocessed"
    ACTIVE = "active"
    SUPPRESSED = "suppressed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Handling:
    """A change in how Alertmanager handles an alert; it holds until the next one with the same labels.

    Attributes:
        alert: Name of the alert.
        state: The new state.
        at_s: When it was seen, on the monotonic clock.
        labels: Labels of the alert, without ``alertname``.
        inhibited_by: Names of the alerts that inhibit it; a fingerprint if the alert is not known.
        silenced_by: Ids of the silences that mute it.
        receivers: Names of the receivers that it is routed to.
    """

    alert: str
    state: HandlingState
    at_s: float
    labels: Mapping[str, str] = field(default_factory=dict)
    inhibited_by: tuple[str, ...] = ()
    silenced_by: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()


class MessageStatus(StrEnum):
    """What a notification reports.

    ``beat`` (the first heartbeat), ``missing`` and ``back`` come from a dead man's switch, which watches an alert that
    always fires; ``unclear`` is a notification that cannot be read.
    """

    FIRING = "firing"
    RESOLVED = "resolved"
    BEAT = "beat"
    MISSING = "missing"
    BACK = "back"
    UNCLEAR = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A notification that a receiver got.

    Attributes:
        id: The receiver's number for it, unique among all receivers.
        receiver: The kind of receiver: ``slack``, ``pagerduty``, ``mail``, ``deadman``.
        to: The address there: a channel, a service's key, a mailbox.
        at_s: When it came, on the monotonic clock; never earlier than the last poll that did not see it.
        status: What it reports of all its alerts together.
        alerts: Names of the alerts in it; none from a dead man's switch.
        answered: Status code of the receiver's answer; 0 if there was nothing to answer.
        problems: How it violates the vendor's published schema.
        body: The notification itself, as JSON.
        firing: Names of the alerts that fire, if it distinguishes them.
        resolved: Names of the alerts that resolved, if it distinguishes them.
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
        """What it reports of an alert: firing if any alert of that name fires; None if the alert is not in it."""
        if alert in self.firing:
            return MessageStatus.FIRING
        if alert in self.resolved:
            return MessageStatus.RESOLVED
        return self.status if alert in self.alerts else None

    @property
    def address(self) -> str:
        """Receiver and address, as ``slack #alerts``."""
        return f"{self.receiver} {self.to}".strip()

    @property
    def was_accepted(self) -> bool:
        """True unless the receiver refused it; a notification that was refused is sent again."""
        return self.answered == 0 or self.answered // 100 == _SUCCESS


@dataclass(frozen=True, slots=True)
class SeriesReading:
    """A value of a series that shows what an alert is about.

    Attributes:
        name: Name of the series in the report.
        at_s: When it was queried, on the monotonic clock.
        value: The value; NaN if the query gave none.
    """

    name: str
    at_s: float
    value: float


@dataclass(frozen=True, slots=True)
class Addressee:
    """A receiver that a drill promises to notify.

    Attributes:
        receiver: The kind of receiver, as in Message.
        to: The address, as in Message.
        gets_resolved: False if it is not promised a notification once the alert resolved.
    """

    receiver: str
    to: str
    gets_resolved: bool = True

    def __str__(self) -> str:
        return f"{self.receiver} {self.to}".strip()


@dataclass(frozen=True, slots=True)
class Inhibited:
    """An alert that a drill promises to be inhibited.

    Attributes:
        alert: Its name.
        labels: Labels that tell it from other alerts of that name.
    """

    alert: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        labels = ", ".join(f'{name}="{value}"' for name, value in self.labels.items())
        return f"{self.alert}{{{labels}}}" if labels else self.alert


class DrillKind(StrEnum):
    """What a drill proves.

    ``fire``: the fault makes the alert fire, and the promised receivers are notified. ``near_miss``: a fault that is
    just too small does not. ``silence``: the fault silences an alert that always fires, and a dead man's switch
    misses it.
    """

    FIRE = "fire"
    NEAR_MISS = "near_miss"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that begins, and what it promises; a DrillEnded with its id ends it.

    Attributes:
        id: Unique in the run.
        alert: The alert that is drilled.
        kind: What it proves.
        fault: What disturbs the stack, as text: a fault (``KIND TARGET key=value``) or the name of a load.
        at_s: When it began, on the monotonic clock.
        promised: Every receiver that must be notified; no other may be.
        expected_s: Time from the injection to the first notification in theory, in seconds of wall time. For a near
            miss, the least time to hold it; 0 if it is a miss because it is short: the alert must then become pending.
        resolved_expected_s: Time from the healing to the notification that it resolved; None if theory has none.
        within_s: Bound on both, which only bounds a hang; None for the judge's own multiple of theory.
        labels: Labels that tell the alert from others of its name.
        inhibits: Alerts that the fault makes fire too, and that this one must inhibit while it fires, and no longer.
        may_notify: Receivers that may be notified as well: those of other alerts of its name.
        together: Alerts that fire too, and must come in one notification with it.
        repeat_s: Time after which the same notification may come again; None if that is longer than the drill.
        factor: By how much the clocks of rules and routes are compressed: 60 makes an hour a minute.
        sli: Name of the series that shows what it is about, or of a load's stream; empty for all requests.
        threshold: The alert's threshold on that series, if it is known.
        cause: Id of the injection or the load that disturbs the stack; empty if it never began.
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
    may_notify: tuple[Addressee, ...] = ()
    together: tuple[str, ...] = ()
    repeat_s: float | None = None
    factor: float = 1.0
    sli: str = ""
    threshold: float | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class DrillScope:
    """Everything that the drills of a run should cover, so that gaps are found.

    Attributes:
        alerts: Every alert of the rules.
        faults: Every known kind of fault.
    """

    alerts: tuple[str, ...]
    faults: tuple[str, ...] = ()


AlertEntry = AlertReading | Handling | Message | SeriesReading | Drill | DrillScope
