"""``summary.json``: a run's verdicts in the shape that other programs read."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import JsonValue, TypeAdapter

from stackproof.history import Recorded
from stackproof.judge import Experiment, ProbeJudgement, RunJudgement
from stackproof.model import HistoryError, Judgement, Verdict


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
    """One fault: ``detected_s`` counts from the injection, ``recovered_s`` from the healing; null if not measured."""

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
    """One alert of a drill."""

    id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Summary:
    """A judged run.

    Attributes:
        run: The run's id.
        stack: Name of the stack.
        started: When it began.
        duration_s: From its beginning to the last thing it saw, in seconds.
        verdict: The verdict on the whole.
        objectives: One entry for each objective, in declared order.
        probes: One for each probe that was asked.
        experiments: One for each fault.
        alerts: One for each alert that was drilled.
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

    def to_json(self) -> dict[str, JsonValue]:
        """The same as JSON values; a number that JSON cannot write (NaN, infinity) is null."""
        values: dict[str, JsonValue] = json.loads(_ADAPTER.dump_json(self))
        return values


_ADAPTER = TypeAdapter(Summary)


def summarise(recorded: Recorded, judgement: RunJudgement) -> Summary:
    """Sum a judged run up."""
    header = recorded.header
    return Summary(
        run=header.run,
        stack=header.stack.name,
        started=header.started,
        duration_s=round(recorded.ended_s - header.started_s, 3),
        verdict=judgement.verdict,
        objectives=tuple(map(_objective, judgement.objectives)),
        probes=tuple(map(_probe, judgement.probes)),
        experiments=tuple(map(_experiment, judgement.experiments)),
    )


def write_summary(summary: Summary, file: Path) -> None:
    """Write ``summary.json``; whoever reads it meanwhile sees the old one or the new one, never a half.

    Raises:
        HistoryError: The disk refused it.
    """
    text = json.dumps(summary.to_json(), indent=2) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
            new.write(text)
        written = Path(new.name)
        written.chmod(0o644)  # others may read it, as they may any report
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


def _experiment(experiment: Experiment) -> ExperimentSummary:
    return ExperimentSummary(
        id=experiment.id,
        fault=experiment.fault.kind,
        target=experiment.fault.target,
        bit=experiment.bit,
        evidence=experiment.evidence,
        detected_s=experiment.detected_s,
        recovered_s=experiment.recovered_s,
        verdict=experiment.verdict,
    )
