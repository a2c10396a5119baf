"""The verdict on a whole run."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from stackproof.judge.alerting import AlertingJudgement, judge_alerting
from stackproof.judge.experiments import Experiment, disturbances, experiments, unheld, verdict_of
from stackproof.judge.objectives import judge_objective, measures
from stackproof.judge.probes import ProbeJudgement, judge_probes
from stackproof.model import (
    AlertEntry,
    CheckResult,
    Event,
    EventKind,
    HistoryError,
    Judgement,
    LoadReport,
    Objective,
    ProbeReading,
    Profile,
    Sample,
    Verdict,
)


class Record(Protocol):
    """What a judge needs of a run's record; ``stackproof.history.Recorded`` is one."""

    @property
    def objectives(self) -> Sequence[Objective]:
        """What was promised."""

    @property
    def events(self) -> Sequence[Event]:
        """What happened."""

    @property
    def samples(self) -> Sequence[Sample]:
        """Every request."""

    @property
    def loads(self) -> Sequence[LoadReport]:
        """What the load generators said of themselves."""

    @property
    def readings(self) -> Sequence[ProbeReading]:
        """Every answer to a probe."""

    @property
    def checks(self) -> Sequence[CheckResult]:
        """The tests' own verdicts."""

    @property
    def alerts(self) -> Sequence[AlertEntry]:
        """What was promised of alerts, and what was seen of them."""


@dataclass(frozen=True, slots=True)
class RunJudgement:
    """The verdict on a run, with all that it rests on.

    Attributes:
        profile: The profile it was judged in.
        objectives: One judgement for each objective, in declared order.
        probes: One for each probe that was asked.
        experiments: One for each fault.
        checks: The tests' own verdicts.
        verdict: FAIL where anything that decides failed, else INCONCLUSIVE where anything that decides is undecided.
        reasons: Why it is no PASS, one sentence each; empty where it is.
        alerting: What was shown of alerts.
    """

    profile: Profile
    objectives: tuple[Judgement, ...]
    probes: tuple[ProbeJudgement, ...]
    experiments: tuple[Experiment, ...]
    checks: tuple[CheckResult, ...]
    verdict: Verdict
    reasons: tuple[str, ...]
    alerting: AlertingJudgement = field(default_factory=AlertingJudgement)


def judge_run(record: Record, profile: Profile) -> RunJudgement:
    """Judge a run from its record alone: the same record always gets the same verdict.

    Args:
        record: What was seen.
        profile: Which promises decide the run.

    Raises:
        HistoryError: A check's verdict is none.
        FaultError: An injected fault has no name.
    """
    objectives = tuple(_judged(objective, record, profile) for objective in record.objectives)
    faults = experiments(record.events)
    probes = judge_probes(record.readings, disturbances(record.events))
    checks = tuple(record.checks)
    alerting = judge_alerting(record.alerts, record.events, record.samples)
    of_objectives = tuple(_of_objectives(objectives))
    findings = [
        *of_objectives,
        *_of_probes(probes),
        *_of_checks(checks, {finding.reason for finding in of_objectives}),
        *_of_experiments(faults),
        *_of_unheld(record.events),
        *(_Finding(verdict, reason) for verdict, reason in alerting.reasons),
        *_of_the_whole(record),
    ]
    return RunJudgement(
        profile=profile,
        objectives=objectives,
        probes=probes,
        experiments=faults,
        checks=checks,
        verdict=Verdict.worst(finding.verdict for finding in findings),
        reasons=tuple(dict.fromkeys(finding.reason for finding in findings)),
        alerting=alerting,
    )


@dataclass(frozen=True, slots=True)
class _Finding:
    """Something that keeps a run from PASS."""

    verdict: Verdict
    reason: str


def _judged(objective: Objective, record: Record, profile: Profile) -> Judgement:
    gates = profile.lets_decide(objective.promise) and _was_put_under_load(objective, record)
    return judge_objective(objective, record.samples, record.loads, gates=gates)


def _was_put_under_load(objective: Objective, record: Record) -> bool:
    """A run of the health suite alone sends no load, and says nothing of service levels."""
    streams = {sample.stream for sample in record.samples}
    streams |= {load.stream for load in record.loads}
    streams |= {event.subject for event in record.events if event.kind is EventKind.LOAD_STARTED}
    return any(measures(stream, objective) for stream in streams)


def _of_objectives(judgements: Sequence[Judgement]) -> Iterator[_Finding]:
    for each in judgements:
        if each.gates and each.verdict is not Verdict.PASS:
            yield _Finding(each.verdict, f"{each.objective.id}: {each.reason}")


def _of_probes(probes: Sequence[ProbeJudgement]) -> Iterator[_Finding]:
    for probe in probes:
        if probe.verdict is not Verdict.PASS:
            yield _Finding(probe.verdict, f"{probe.service}/{probe.kind}: {probe.detail}")


def _of_checks(checks: Sequence[CheckResult], known: Collection[str]) -> Iterator[_Finding]:
    """A test that only says what is known of an objective says nothing new."""
    for check in checks:
        verdict = _said(check)
        if verdict is not Verdict.PASS:
            yield _Finding(verdict, check.message if check.message in known else f"{check.id}: {check.message}")


def _said(check: CheckResult) -> Verdict:
    try:
        return Verdict(check.verdict)
    except ValueError:
        known = ", ".join(Verdict)
        raise HistoryError(f"expected one of {known} as the verdict of {check.id}, saw {check.verdict!r}") from None


def _of_experiments(faults: Sequence[Experiment]) -> Iterator[_Finding]:
    for fault in faults:
        if fault.verdict is not Verdict.PASS and fault.reason and (fault.confirmed or not fault.evidence):
            yield _Finding(fault.verdict, f"experiment {fault.id} ({fault.fault}): {fault.reason}")
        elif fault.verdict is not Verdict.PASS:
            missing = "healed" if fault.confirmed else f"to bite ({fault.evidence or 'no evidence was recorded'})"
            yield _Finding(fault.verdict, f"fault {fault.fault}: it was not seen {missing}")


def _of_unheld(events: Sequence[Event]) -> Iterator[_Finding]:
    """An experiment that came to nothing proves nothing, and is no reason for silence."""
    for claim in unheld(events):
        verdict = Verdict.worst((Verdict.INCONCLUSIVE, verdict_of(claim.detail.get("verdict"))))
        yield _Finding(verdict, f"fault {claim.subject} was not injected: {claim.detail.get('reason', '')}")


def _of_the_whole(record: Record) -> Iterator[_Finding]:
    if not any(event.kind is EventKind.RUN_ENDED for event in record.events):
        yield _Finding(Verdict.INCONCLUSIVE, "the run did not come to its end")
    if not (record.samples or record.readings or record.checks or record.alerts):
        yield _Finding(Verdict.INCONCLUSIVE, "the run has shown nothing: no request, no probe, no check")
