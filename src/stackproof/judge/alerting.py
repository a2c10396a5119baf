"""What a run has shown of its alerts: every drill, the coverage matrix, and its gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stackproof.judge.alert_rows import AlertExemptions, AlertRow, alert_exemptions, alert_rows
from stackproof.judge.drill_view import DrillView
from stackproof.judge.drill_views import drill_views
from stackproof.judge.drills import DrillResult, judge_drill
from stackproof.judge.faults import FaultRecord, fault_records
from stackproof.model import (
    AlertEntry,
    AlertReading,
    AlertState,
    DrillKind,
    DrillScope,
    Event,
    FaultKindExempted,
    Sample,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class AlertingJudgement:
    """What was shown of alerts.

    Attributes:
        drills: Each drill, near misses among them, in the order of time.
        rows: The coverage matrix.
        gaps: What was not tried, one sentence each: an alert without a drill, a kind of fault that no alert notices.
    """

    drills: tuple[DrillResult, ...] = ()
    rows: tuple[AlertRow, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """FAIL if any row fails, INCONCLUSIVE if anything was not tried, PASS if there is nothing about alerts."""
        untried = [Verdict.INCONCLUSIVE for _ in self.gaps]
        return Verdict.worst([*(each.verdict for each in self.rows), *untried])

    @property
    def reasons(self) -> tuple[tuple[Verdict, str], ...]:
        """Why it is not PASS: each reason with its verdict."""
        rows = [each for each in self.rows if each.verdict is Verdict.FAIL or (each.drill and each.reasons)]
        of_rows = [(row.verdict, f"{row.name}: {'; '.join(row.reasons)}") for row in rows]
        return (*of_rows, *((Verdict.INCONCLUSIVE, each) for each in self.gaps))


def judge_alerting(
    entries: Sequence[AlertEntry], events: Sequence[Event], samples: Sequence[Sample] = ()
) -> AlertingJudgement:
    """Judge all drills of a run.

    The record's ``DrillScope`` says what should be covered; without one, nothing is missing.

    Args:
        entries: What drills promised of alerts, and what was observed.
        events: What happened.
        samples: Requests, which show that a load was running.
    """
    views = drill_views(entries, events, samples)
    scopes = tuple(each for each in entries if isinstance(each, DrillScope))
    if not views and not scopes:
        return AlertingJudgement()
    results = tuple(judge_drill(view, _allowed(view, views)) for view in views)
    alerts = tuple(dict.fromkeys(alert for scope in scopes for alert in scope.alerts))
    kinds = tuple(dict.fromkeys(kind for scope in scopes for kind in scope.faults))
    exempt = alert_exemptions(events)
    rows = alert_rows(results, alerts, exempt)
    gaps = (*_without_drill(rows, exempt), *_unnoticed(kinds, results, entries, events))
    return AlertingJudgement(results, rows, gaps)


def _allowed(view: DrillView, views: Sequence[DrillView]) -> set[tuple[str, str]]:
    """The receivers that may be notified of an alert, according to any of its drills."""
    drills = [each.drill for each in views if each.drill.alert == view.drill.alert]
    return {(to.receiver, to.to) for drill in drills for to in (*drill.promised, *drill.may_notify)}


def _without_drill(rows: Sequence[AlertRow], exempt: AlertExemptions) -> Iterator[str]:
    for row in rows:
        if row.drill is None and (row.alert, None) not in exempt:
            yield f"alert {row.alert} has no drill"


def _unnoticed(
    kinds: Sequence[str], results: Sequence[DrillResult], entries: Sequence[AlertEntry], events: Sequence[Event]
) -> Iterator[str]:
    """Kinds of faults that no alert noticed, whether drilled or not."""
    exempt = {each.kind for each in events if isinstance(each, FaultKindExempted)}
    causes = [each.view.cause for each in results if each.view.drill.kind is DrillKind.NEAR_MISS]
    near = [each.fault for each in causes if each is not None]
    firing = [each for each in entries if isinstance(each, AlertReading) and each.state is AlertState.FIRING]
    held = [each for each in fault_records(events) if each.fault not in near]
    noticed = {each.fault.kind for each in held if any(each.disturbance.holds_at(state.at_s) for state in firing)}
    noticed |= {each.fault.kind for each in held for result in results if _notified_of(result, each)}
    for kind in kinds:
        if kind not in noticed and kind not in exempt:
            yield f"no alert was seen to notice the fault '{kind}'"


def _notified_of(result: DrillResult, fault: FaultRecord) -> bool:
    """True if somebody was notified in a drill of this very fault, as in a silence."""
    cause = result.view.cause
    ours = cause is not None and cause.id == fault.injection
    return ours and any(each.received_s is not None for each in result.notified)
