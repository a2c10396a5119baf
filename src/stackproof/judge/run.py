"""The verdict on a whole run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from stackproof.judge.alerting import AlertingJudgement, judge_alerting
from stackproof.judge.faults import FaultRecord, disturbances, fault_records, faults_not_injected
from stackproof.judge.objectives import judge_objective, measures
from stackproof.judge.probes import ProbeJudgement, judge_probes
from stackproof.model import (
    AlertEntry,
    CheckResult,
    Event,
    Judgement,
    LoadReport,
    LoadStarted,
    Objective,
    ProbeReading,
    Profile,
    RunEnded,
    Sample,
    Verdict,
)


class RunRecord(Protocol):
    """What the judge needs of a run's record; ``stackproof.history.Recorded`` has it."""

    @property
    def objectives(self) -> Sequence[Objective]:
        """The objectives that the run is judged against."""

    @property
    def events(self) -> Sequence[Event]:
        """What happened."""

    @property
    def samples(self) -> Sequence[Sample]:
        """Every request."""

    @property
    def loads(self) -> Sequence[LoadReport]:
        """The load generators' reports on themselves."""

    @property
    def readings(self) -> Sequence[ProbeReading]:
        """Every answer to a probe."""

    @property
    def checks(self) -> Sequence[CheckResult]:
        """The tests' own verdicts."""

    @property
    def alerts(self) -> Sequence[AlertEntry]:
        """What drills promised of alerts, and what was observed of them."""


@dataclass(frozen=True, slots=True)
class RunJudgement:
    """The verdict on a run, with everything that it rests on.

    Attributes:
        profile: The profile in which it was judged.
        objectives: One judgement for each objective, in declared order.
        probes: One for each probe that was asked.
        faults: One record for each fault.
        checks: The tests' own verdicts.
        verdict: FAIL if anything that decides failed, else INCONCLUSIVE if anything that decides is undecided.
        reasons: Why it is not PASS, one sentence each; empty if it is.
        alerting: What was shown of alerts.
    """

    profile: Profile
    objectives: tuple[Judgement, ...]
    probes: tuple[ProbeJudgement, ...]
    faults: tuple[FaultRecord, ...]
    checks: tuple[CheckResult, ...]
    verdict: Verdict
    reasons: tuple[str, ...]
    alerting: AlertingJudgement = field(default_factory=AlertingJudgement)


def judge_run(record: RunRecord, profile: Profile) -> RunJudgement:
    """Judge a run from its record alone: the same record always gets the same verdict.

    Args:
        record: What was observed.
        profile: Which objectives decide the run.
    """
    objectives = tuple(_judged(objective, record, profile) for objective in record.objectives)
    faults = fault_records(record.events)
    probes = judge_probes(record.readings, disturbances(record.events))
    checks = tuple(record.checks)
    alerting = judge_alerting(record.alerts, record.events, record.samples)
    found = [
        *_of_objectives(objectives),
        *_of_probes(probes),
        *_of_checks(checks, objectives),
        *_of_faults(faults),
        *_of_faults_not_injected(record.events),
        *(_Reason(verdict, text) for verdict, text in alerting.reasons),
        *_of_the_whole(record),
    ]
    return RunJudgement(
        profile=profile,
        objectives=objectives,
        probes=probes,
        faults=faults,
        checks=checks,
        verdict=Verdict.worst(each.verdict for each in found),
        reasons=tuple(dict.fromkeys(each.text for each in found)),
        alerting=alerting,
    )


@dataclass(frozen=True, slots=True)
class _Reason:
    """Something that keeps a run from PASS."""

    verdict: Verdict
    text: str


def _judged(objective: Objective, record: RunRecord, profile: Profile) -> Judgement:
    gates = profile.lets_decide(objective.promise) and _was_under_load(objective, record)
    return judge_objective(objective, record.samples, record.loads, gates=gates)


def _was_under_load(objective: Objective, record: RunRecord) -> bool:
    """A run of the health suite alone sends no load, and shows nothing of service levels."""
    streams = {sample.stream for sample in record.samples}
    streams |= {load.stream for load in record.loads}
    streams |= {event.stream for event in record.events if isinstance(event, LoadStarted)}
    return any(measures(stream, objective) for stream in streams)


def _decides_against(judgement: Judgement) -> bool:
    return judgement.gates and judgement.verdict is not Verdict.PASS


def _of_objectives(judgements: Sequence[Judgement]) -> Iterator[_Reason]:
    return (_Reason(each.verdict, each.statement) for each in judgements if _decides_against(each))


def _of_probes(probes: Sequence[ProbeJudgement]) -> Iterator[_Reason]:
    for probe in probes:
        if probe.verdict is not Verdict.PASS:
            yield _Reason(probe.verdict, f"{probe.service}/{probe.kind}: {probe.detail}")


def _of_checks(checks: Sequence[CheckResult], judgements: Sequence[Judgement]) -> Iterator[_Reason]:
    """A test that repeats the verdict on an objective adds no reason of its own, as long as that verdict stands."""
    stated = {each.objective.id: each.verdict for each in judgements if _decides_against(each)}
    for check in checks:
        if check.verdict is not Verdict.PASS and not _is_stated(check, stated):
            yield _Reason(check.verdict, f"{check.id}: {check.message}")


def _is_stated(check: CheckResult, stated: Mapping[str, Verdict]) -> bool:
    return check.repeats_objective and stated.get(check.objective) is check.verdict


def _of_faults(faults: Sequence[FaultRecord]) -> Iterator[_Reason]:
    for fault in faults:
        if fault.verdict is not Verdict.PASS:
            yield _Reason(fault.verdict, _why(fault))


def _why(fault: FaultRecord) -> str:
    if fault.reason and (fault.confirmed or not fault.observed):
        return f"experiment {fault.name} ({fault.fault}): {fault.reason}"
    if fault.confirmed:
        return f"fault {fault.fault}: its healing was not recorded"
    return f"fault {fault.fault}: it was not confirmed ({fault.observed or 'no evidence was recorded'})"


def _of_faults_not_injected(events: Sequence[Event]) -> Iterator[_Reason]:
    """An experiment whose fault was not injected proves nothing, and must not pass in silence."""
    for each in faults_not_injected(events):
        yield _Reason(each.verdict, f"fault {each.fault} was not injected: {each.reason}")


def _of_the_whole(record: RunRecord) -> Iterator[_Reason]:
    if not any(isinstance(event, RunEnded) for event in record.events):
        yield _Reason(Verdict.INCONCLUSIVE, "the run did not come to its end")
    if not (record.samples or record.readings or record.checks or record.alerts):
        yield _Reason(Verdict.INCONCLUSIVE, "the run has shown nothing: no request, no probe, no check")
