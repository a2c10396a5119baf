"""What a run has shown of its alerts: every drill, the coverage matrix, and what is missing in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stackproof.judge.alert_rows import DRILL, AlertRow, Exemptions, alert_rows, exemptions
from stackproof.judge.drill_view import DrillView
from stackproof.judge.drill_views import views
from stackproof.judge.drills import DrillResult, judge_drill
from stackproof.judge.experiments import Experiment, experiments
from stackproof.model import AlertEntry, AlertReading, AlertState, DrillKind, DrillScope, Event, Sample, Verdict

FAULT = "fault"
"""The aspect in an exemption of a kind of fault that no alert has to notice."""


@dataclass(frozen=True, slots=True)
class AlertingJudgement:
    """What was shown of alerts.

    Attributes:
        drills: Each drill, near misses among them, in the order of time.
        rows: The coverage matrix.
        findings: What nothing was tried of, one sentence each: an alert without a drill, a kind of fault that no alert
            notices.
    """

    drills: tuple[DrillResult, ...] = ()
    rows: tuple[AlertRow, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """FAIL where any row fails, INCONCLUSIVE where anything was not tried, PASS where nothing is said of alerts."""
        unfound = [Verdict.INCONCLUSIVE for _ in self.findings]
        return Verdict.worst([*(each.verdict for each in self.rows), *unfound])

    @property
    def reasons(self) -> tuple[tuple[Verdict, str], ...]:
        """Why it is no PASS: each reason with its verdict."""
        rows = [each for each in self.rows if each.verdict is Verdict.FAIL or (each.drill and each.reasons)]
        told = [(row.verdict, f"{row.name}: {'; '.join(row.reasons)}") for row in rows]
        return (*told, *((Verdict.INCONCLUSIVE, each) for each in self.findings))


def judge_alerting(
    entries: Sequence[AlertEntry], events: Sequence[Event], samples: Sequence[Sample] = ()
) -> AlertingJudgement:
    """Judge all drills of a run.

    What should be covered is the record's ``DrillScope``; without one, nothing is missed.

    Args:
        entries: What was promised and seen of alerts.
        events: What happened.
        samples: Requests, which show that a load went on.

    Raises:
        FaultError: The subject of an injection is no fault.
    """
    seen = views(entries, events, samples)
    scopes = tuple(each for each in entries if isinstance(each, DrillScope))
    if not seen and not scopes:
        return AlertingJudgement()
    results = tuple(judge_drill(view, _allowed(view, seen)) for view in seen)
    alerts = tuple(dict.fromkeys(alert for scope in scopes for alert in scope.alerts))
    kinds = tuple(dict.fromkeys(kind for scope in scopes for kind in scope.faults))
    exempt = exemptions(events)
    rows = alert_rows(results, alerts, exempt)
    findings = (*_without_drill(rows, exempt), *_unnoticed(kinds, results, entries, events, exempt))
    return AlertingJudgement(results, rows, findings)


def _allowed(view: DrillView, seen: Sequence[DrillView]) -> set[tuple[str, str]]:
    """Who may be told of an alert: whoever any drill of it says."""
    drills = [each.drill for each in seen if each.drill.alert == view.drill.alert]
    return {(to.receiver, to.to) for drill in drills for to in (*drill.promised, *drill.may_be_told)}


def _without_drill(rows: Sequence[AlertRow], exempt: Exemptions) -> Iterator[str]:
    for row in rows:
        if row.drill is None and (row.alert, DRILL) not in exempt:
            yield f"alert {row.alert} has no drill"


def _unnoticed(
    kinds: Sequence[str],
    results: Sequence[DrillResult],
    entries: Sequence[AlertEntry],
    events: Sequence[Event],
    exempt: Exemptions,
) -> Iterator[str]:
    """Kinds of faults that no alert was seen to notice, drilled or not."""
    near = {each.view.drill.fault for each in results if each.view.drill.kind is DrillKind.NEAR_MISS}
    firing = [each for each in entries if isinstance(each, AlertReading) and each.state is AlertState.FIRING]
    held = [each for each in experiments(events) if str(each.fault) not in near]
    noticed = {each.fault.kind for each in held if any(_is_within(reading, each) for reading in firing)}
    noticed |= {each.fault.kind for each in held for result in results if _told_of(result, each)}
    for kind in kinds:
        if kind not in noticed and (kind, FAULT) not in exempt:
            yield f"no alert was seen to notice the fault '{kind}'"


def _is_within(reading: AlertReading, fault: Experiment) -> bool:
    return fault.disturbance.holds_at(reading.at_s)


def _told_of(result: DrillResult, fault: Experiment) -> bool:
    """True where a drill of this very fault was told to somebody, as a silence is."""
    cause = result.view.cause
    ours = cause is not None and cause.injected_s == fault.injected_s
    return ours and any(each.received_s is not None for each in result.told)
