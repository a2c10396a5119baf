"""The result of a load."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stackproof.model import LoadReport
from stackproof.protocols.ledger import Ledger
from stackproof.workload.plan import LoadPlan


@dataclass(frozen=True, slots=True)
class Latencies:
    """Quantiles of the latency of successful requests, in seconds, counted from when each was due."""

    p50_s: float
    p90_s: float
    p95_s: float
    p99_s: float
    max_s: float


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What the load observed of the server.

    Attributes:
        ok: How many requests succeeded.
        errors: How many others there were, by outcome.
        latencies: Quantiles of the successful requests; None if there were none.
        achieved_rate_per_s: Requests sent a second.
    """

    ok: int
    errors: Mapping[str, int]
    latencies: Latencies | None
    achieved_rate_per_s: float


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A load that ended.

    Attributes:
        plan: Its plan.
        report: How well the generator kept to the plan.
        summary: What it observed of the server.
        ledger: The files that the server acknowledged; empty for a protocol that stores none.
    """

    plan: LoadPlan
    report: LoadReport
    summary: LoadSummary
    ledger: Ledger = field(default_factory=Ledger)

    def to_json(self) -> dict[str, object]:
        """Return the result as ``stackproof load --json`` prints it."""
        schedule, report, summary = self.plan.schedule, self.report, self.summary
        return {
            "target": self.plan.target,
            "schedule": schedule.kind,
            "rate_per_s": _rounded(schedule.rate_per_s),
            "duration_s": _rounded(schedule.duration_s),
            "planned": report.planned,
            "sent": report.sent,
            "achieved_rate_per_s": _rounded(summary.achieved_rate_per_s),
            "ok": summary.ok,
            "errors": dict(summary.errors),
            "latency_ms": _in_ms(summary.latencies),
            "lag_p99_ms": _rounded(report.lag_p99_s * 1000),
            "dropped": report.dropped,
            "kept_up": report.kept_up,
        }


def _in_ms(latencies: Latencies | None) -> dict[str, float | None]:
    if latencies is None:
        return dict.fromkeys(("p50", "p90", "p95", "p99", "max"))
    return {
        "p50": _rounded(latencies.p50_s * 1000),
        "p90": _rounded(latencies.p90_s * 1000),
        "p95": _rounded(latencies.p95_s * 1000),
        "p99": _rounded(latencies.p99_s * 1000),
        "max": _rounded(latencies.max_s * 1000),
    }


def _rounded(value: float) -> float:
    return round(value, 3)
