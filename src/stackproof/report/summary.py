"""``summary.json``: a run's verdicts in the format that other programs read."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import JsonValue, TypeAdapter, ValidationError

from stackproof.history import Recorded
from stackproof.judge import AlertRow, FaultRecord, ProbeJudgement, RunJudgement
from stackproof.model import HistoryError, Judgement, PropertyTried, Verdict
from stackproof.report.alert_table import times


@dataclass(frozen=True, slots=True)
class ObjectiveSummary:
    """One objective: ``target``, ``observed``, ``lower`` and ``upper`` are shares of good requests, 0 to 1."""

    id: str
    sli: str
    target: float
    observed: float | None
    lower: float
    upper: float
    n: int
    failures: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ProbeSummary:
    """One probe of one service: ``worst_s`` is its slowest answer in seconds."""

    service: str
    kind: str
    verdict: Verdict
    worst_s: float
    n: int
    detail: str


@dataclass(frozen=True, slots=True)
class ExperimentSummary:
    """One fault: ``bit`` says whether it was confirmed.

    ``detected_s`` counts from the injection, ``recovered_s`` from the healing; null if not measured.
    """

    id: str
    fault: str
    target: str
    bit: bool
    evidence: str
    detected_s: float | None
    recovered_s: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class AlertSummary:
    """One alert at one receiver.

    ``pending_s``, ``firing_s`` and ``received_s`` count from the injection of the fault, ``resolved_s`` from its
    healing; null if it was not observed. ``expected_s`` is the theory for ``received_s``. An alert without a drill has
    no fault and no receiver.
    """

    alert: str
    fault: str
    pending_s: float | None
    firing_s: float | None
    received_s: float | None
    receiver: str
    resolved_s: float | None
    expected_s: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PropertySummary:
    """One property that a test tried on generated input: how many ``cases`` of it; the test's verdict is the run's."""

    property: str
    test: str
    cases: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A judged run.

    Attributes:
        run: The run's id.
        stack: Name of the stack.
        started: When it began.
        duration_s: From its begin to its last observation, in seconds.
        verdict: The verdict on the whole.
        objectives: One entry for each objective, in declared order.
        probes: One for each probe that was asked.
        experiments: One for each fault.
        alerts: One for each alert and each receiver that it must notify.
        properties: One for each property that was tried on generated input.
    """

    run: str
    stack: str
    started: datetime
    duration_s: float
    verdict: Verdict
    objectives: tuple[ObjectiveSummary, ...]
    probes: tuple[ProbeSummary, ...]
    experiments: tuple[ExperimentSummary, ...]
    alerts: tuple[AlertSummary, ...] = ()
    properties: tuple[PropertySummary, ...] = ()

    def to_json(self) -> dict[str, JsonValue]:
        """The same as JSON values; a number that JSON does not have (NaN, infinity) is null."""
        values: dict[str, JsonValue] = json.loads(_ADAPTER.dump_json(self))
        return values


_ADAPTER = TypeAdapter(Summary)


def summarise(recorded: Recorded, judgement: RunJudgement) -> Summary:
    """Summarise a judged run."""
    header = recorded.header
    return Summary(
        run=header.run,
        stack=header.stack.name,
        started=header.started,
        duration_s=round(recorded.ended_s - header.started_s, 3),
        verdict=judgement.verdict,
        objectives=tuple(map(_objective, judgement.objectives)),
        probes=tuple(map(_probe, judgement.probes)),
        experiments=tuple(map(_experiment, judgement.faults)),
        alerts=tuple(map(_alert, judgement.alerting.rows)),
        properties=tuple(_property(event) for event in recorded.events if isinstance(event, PropertyTried)),
    )


def joined(summary: Summary, before: Summary) -> Summary:
    """A run and an earlier one as one: the later run's name, all verdicts of both, the worse one on the whole."""
    return replace(
        summary,
        started=before.started,
        duration_s=round(before.duration_s + summary.duration_s, 3),
        verdict=Verdict.worst([before.verdict, summary.verdict]),
        objectives=(*before.objectives, *summary.objectives),
        probes=(*before.probes, *summary.probes),
        experiments=(*before.experiments, *summary.experiments),
        alerts=(*before.alerts, *summary.alerts),
        properties=(*before.properties, *summary.properties),
    )


def read_summary(file: Path) -> Summary | None:
    """Read a summary back; None if there is none or it cannot be read."""
    try:
        return _ADAPTER.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def write_summary(summary: Summary, file: Path) -> None:
    """Write ``summary.json``; a reader sees the old one or the new one, never a part of it.

    Raises:
        HistoryError: The disk refused it.
    """
    text = json.dumps(summary.to_json(), indent=2) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
            new.write(text)
        written = Path(new.name)
        written.chmod(0o644)  # others may read it, like any report
        written.replace(file)
    except OSError as error:
        raise HistoryError(
            f"the summary cannot be written: {error.strerror or error}",
            where=str(file),
            fix="free space on that disk; `stackproof judge RUN --json` prints it again from the run's record",
        ) from error


def _objective(judgement: Judgement) -> ObjectiveSummary:
    return ObjectiveSummary(
        id=judgement.objective.id,
        sli=judgement.objective.sli,
        target=judgement.objective.target,
        observed=judgement.observed,
        lower=judgement.lower,
        upper=judgement.upper,
        n=judgement.n,
        failures=judgement.failures,
        verdict=judgement.verdict,
    )


def _probe(probe: ProbeJudgement) -> ProbeSummary:
    return ProbeSummary(probe.service, probe.kind, probe.verdict, probe.worst_s, probe.n, probe.detail)


def _experiment(fault: FaultRecord) -> ExperimentSummary:
    return ExperimentSummary(
        id=fault.name,
        fault=fault.fault.kind,
        target=fault.fault.target,
        bit=fault.confirmed,
        evidence=fault.observed,
        detected_s=fault.detected_s,
        recovered_s=fault.recovered_s,
        verdict=fault.verdict,
    )


def _property(tried: PropertyTried) -> PropertySummary:
    return PropertySummary(tried.name, tried.test, tried.cases)


def _alert(row: AlertRow) -> AlertSummary:
    pending_s, firing_s, received_s, resolved_s, expected_s = times(row)
    return AlertSummary(
        alert=row.alert,
        fault=row.fault,
        pending_s=pending_s,
        firing_s=firing_s,
        received_s=received_s,
        receiver=str(row.to) if row.to else "",
        resolved_s=resolved_s,
        expected_s=expected_s,
        verdict=row.verdict,
    )
