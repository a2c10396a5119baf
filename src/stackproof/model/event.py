"""What was seen during a run, before anybody judges it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from stackproof.model.alerted import AlertEntry
from stackproof.model.stack import ProbeKind


class Outcome(StrEnum):
    """How a request ended."""

    OK = "ok"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    UNAVAILABLE = "unavailable"
    REJECTED = "rejected"
    WRONG = "wrong"

    @property
    def reached(self) -> bool:
        """True where the service answered at all."""
        return self in {Outcome.OK, Outcome.REJECTED, Outcome.WRONG}


@dataclass(frozen=True, slots=True)
class Sample:
    """One request of a load.

    Attributes:
        stream: What it measures: a link, and after a blank the profile, such as ``front/api:80 normal``.
        intended_s: When it should have been sent, on the monotonic clock.
        started_s: When it was sent.
        ended_s: When its answer was whole, or it failed.
        outcome: How it ended: ``unavailable`` is an answer of 502, 503, 504 or "busy", ``rejected`` an error answer,
            ``wrong`` an answer that is not what was asked for, ``closed`` an end without an answer.
        detail: The status, code or exception's name; empty where it went well.
    """

    stream: str
    intended_s: float
    started_s: float
    ended_s: float
    outcome: Outcome
    detail: str = ""

    @property
    def latency_s(self) -> float:
        """Time from the intended send time to the end, so that a stalled server cannot hide its queue."""
        return self.ended_s - self.intended_s

    @property
    def lag_s(self) -> float:
        """How late the generator itself was."""
        return self.started_s - self.intended_s


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load generator says of itself at its end.

    Attributes:
        stream: As in Sample.
        planned: Requests that the schedule holds.
        sent: Requests that were sent.
        dropped: Requests that were not sent because too many were open.
        lag_p99_s: 99th percentile of the generator's own lag, in seconds.
        kept_up: False where the generator fell behind its schedule, so that its numbers prove nothing.
    """

    stream: str
    planned: int
    sent: int
    dropped: int
    lag_p99_s: float
    kept_up: bool


class EventKind(StrEnum):
    """What happened.

    ``alerts_seen`` and ``alerts_unseen`` say from when on, and until when, their subject (``states``, ``handling`` or
    ``inbox``) was watched. ``alert_exempted`` has an alert or a kind of fault as its subject, and as details the
    ``aspect`` that is not tried (``drill`` for all of them) and the ``reason``. ``tried`` has a property as its
    subject, and as details how many ``cases`` of it were tried, and by which ``test``.
    """

    RUN_STARTED = "run_started"
    RUN_ENDED = "run_ended"
    STACK_STARTING = "stack_starting"
    STACK_UP = "stack_up"
    STACK_DOWN = "stack_down"
    LOAD_STARTED = "load_started"
    LOAD_ENDED = "load_ended"
    FAULT_INJECTED = "fault_injected"
    FAULT_EVIDENCE = "fault_evidence"
    FAULT_HEALED = "fault_healed"
    EXPERIMENT = "experiment"
    EXEMPTED = "exempted"
    CONTAINER = "container"
    DRILL_ENDED = "drill_ended"
    ALERTS_SEEN = "alerts_seen"
    ALERTS_UNSEEN = "alerts_unseen"
    ALERT_EXEMPTED = "alert_exempted"
    TRIED = "tried"
    TEST = "test"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at one moment.

    Attributes:
        kind: What happened.
        at_s: When, on the monotonic clock.
        wall: When, as an aware datetime.
        subject: To what: a service, a link, a fault, a test.
        detail: More, by name, as text.
    """

    kind: EventKind
    at_s: float
    wall: datetime
    subject: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProbeReading:
    """The answer to a probe.

    Attributes:
        service: Who was asked.
        kind: What was asked.
        at_s: When the question was put, on the monotonic clock.
        took_s: Time until the answer, in seconds.
        ok: The answer.
        detail: Status line or error, in words.
        engine_state: What the engine says of the container at that moment (``healthy``, ``unhealthy``, ``starting``,
            ``running``, ``exited``, ``paused``...); empty where it was not asked.
    """

    service: str
    kind: ProbeKind
    at_s: float
    took_s: float
    ok: bool
    detail: str
    engine_state: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict on one claim that a test makes, kept so that a run can be judged again from its record.

    Attributes:
        id: The test's id.
        verdict: PASS, FAIL or INCONCLUSIVE, as text.
        message: Why, where it did not pass.
    """

    id: str
    verdict: str
    message: str = ""


Entry = Event | Sample | LoadReport | ProbeReading | CheckResult | AlertEntry
