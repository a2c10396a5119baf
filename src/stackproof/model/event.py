"""What happened during a run, one type for each kind of event.

Events that belong together share an id: an injection's, a load's or a drill's. Nobody compares their texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stackproof.model.alert_entries import AlertSource, Aspect
from stackproof.model.fault import Evidence, Family, FaultSpec
from stackproof.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at one moment.

    Attributes:
        at_s: When, on the monotonic clock.
        wall: When, as an aware datetime.
    """

    at_s: float
    wall: datetime


@dataclass(frozen=True, slots=True)
class StackUp(Event):
    """The stack of this name is running and watched."""

    stack: str


@dataclass(frozen=True, slots=True)
class StackDown(Event):
    """The stack of this name is about to be taken down."""

    stack: str


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    """The run came to its end in good order: nothing was cut short."""


@dataclass(frozen=True, slots=True)
class ContainerChanged(Event):
    """The engine reported a change of a service's container.

    Attributes:
        service: Name of the service.
        action: The engine's own word, such as ``die`` or ``health_status: healthy``.
    """

    service: str
    action: str


@dataclass(frozen=True, slots=True)
class LoadStarted(Event):
    """A load was started.

    Attributes:
        load: Its id, unique in the run.
        stream: The stream of its samples (see Sample.stream).
        target: Where it sends to, as a URL.
        after_s: Seconds from this moment to its first request, beyond the start it shares with other loads.
    """

    load: str
    stream: str
    target: str = ""
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LoadEnded(Event):
    """The load of this id ended."""

    load: str


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault that is going to be injected, with the id that its injection will have in the record.

    Attributes:
        injection: The id, unique in the run.
        fault: The fault.
    """

    injection: str
    fault: FaultSpec


@dataclass(frozen=True, slots=True)
class FaultInjected(Event):
    """A fault is being injected: from now on it may disturb.

    Attributes:
        injection: The injection's id, unique in the run.
        fault: The fault.
        family: Its family; None in records that do not have it.
        name: Name in the report; the fault's kind and a number if empty.
        part_of: Name of the schedule that it is part of; empty for a fault of its own, whose evidence is judged.
    """

    injection: str
    fault: FaultSpec
    family: Family | None = None
    name: str = ""
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class FaultObserved(Event):
    """Somebody other than the injector looked whether an injected fault took effect.

    Attributes:
        injection: The injection's id.
        evidence: What was seen.
    """

    injection: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class FaultHealed(Event):
    """An injected fault was healed.

    Attributes:
        injection: The injection's id.
        took_s: How long the healing took, in seconds.
        bound_s: The longest that the fault may hold, in seconds, if that is why it was healed; None if a test ended it.
    """

    injection: str
    took_s: float = 0.0
    bound_s: float | None = None


@dataclass(frozen=True, slots=True)
class FirstSign:
    """The first effect of a fault that a probe or a load noticed.

    Attributes:
        after_s: Seconds from the injection.
        seen_by: What noticed it, and what it saw.
    """

    after_s: float
    seen_by: str


@dataclass(frozen=True, slots=True)
class ExperimentEnded(Event):
    """An experiment came to its verdict.

    Attributes:
        faults: Its faults, by the ids of their injections; one without a FaultInjected was not injected.
        verdict: PASS, FAIL or INCONCLUSIVE.
        reason: Why it is not PASS; empty if it is.
        first_sign: The first effect that was noticed; None if none was.
        recovered_s: Seconds from the healing until the steady state was back; None if it was not seen to come back.
    """

    faults: tuple[PlannedFault, ...]
    verdict: Verdict
    reason: str = ""
    first_sign: FirstSign | None = None
    recovered_s: float | None = None


@dataclass(frozen=True, slots=True)
class PartLeftOut(Event):
    """A fault of a schedule could not be injected and was skipped.

    Attributes:
        fault: The fault.
        part_of: Name of the schedule.
        reason: Why it was skipped.
    """

    fault: FaultSpec
    part_of: str
    reason: str


@dataclass(frozen=True, slots=True)
class FamilyExempted(Event):
    """A service is exempt from a family of faults.

    Attributes:
        service: Name of the service.
        family: The family.
        reason: Why nothing of it is tried.
    """

    service: str
    family: Family
    reason: str


@dataclass(frozen=True, slots=True)
class DrillEnded(Event):
    """The drill of this id ended."""

    drill: str


@dataclass(frozen=True, slots=True)
class AlertsWatched(Event):
    """From this moment on a source of alerts answers.

    Attributes:
        source: The source.
        series: Name of the series, if the source is a series.
    """

    source: AlertSource
    series: str = ""


@dataclass(frozen=True, slots=True)
class AlertsUnwatched(Event):
    """From this moment on nothing is known of a source of alerts.

    Attributes:
        source: The source.
        series: Name of the series, if the source is a series.
        reason: Why it is not watched.
    """

    source: AlertSource
    series: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AlertExempted(Event):
    """An alert is exempt from drills.

    Attributes:
        alert: Name of the alert.
        aspect: The one aspect that is not tried; None for the whole drill.
        reason: Why not.
    """

    alert: str
    aspect: Aspect | None
    reason: str


@dataclass(frozen=True, slots=True)
class FaultKindExempted(Event):
    """No alert has to notice faults of a kind.

    Attributes:
        kind: The kind.
        reason: Why not.
    """

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class PropertyTried(Event):
    """A test tried a property on generated input.

    Attributes:
        name: The property.
        test: Id of the test; its verdict is that of the property.
        cases: How many cases were tried.
    """

    name: str
    test: str
    cases: int


@dataclass(frozen=True, slots=True)
class Measured(Event):
    """A test measured a time.

    Attributes:
        test: Id of the test.
        what: What was measured.
        took_s: The time, in seconds.
    """

    test: str
    what: str
    took_s: float


@dataclass(frozen=True, slots=True)
class Note(Event):
    """A note that a test adds to the record; nothing is judged by it.

    Attributes:
        subject: What it is about.
        detail: The note, by name.
    """

    subject: str
    detail: Mapping[str, str] = field(default_factory=dict)
