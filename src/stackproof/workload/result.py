"""What a load came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stackproof.model import LoadReport
from stackproof.protocols.mime.ledger import Ledger
from stackproof.workload.plan import LoadPlan


@dataclass(frozen=True, slots=True)
class Latencies:
    """Quantiles of latency in seconds, from the intended send time, of requests that went well."""

    p50_s: float
    p90_s: float
    p95_s: float
    p99_s: float
    max_s: float


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What was seen of the server.

    Attributes:
        ok: Requests that went well.
        errors: The others, by outcome.
        latencies: Quantiles of those that went well; None where none did.
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
        plan: What was to be done.
        report: What the generator says of itself.
        summary: What was seen of the server.
        ledger: The files that the server acknowledged; empty for HTTP.
    """

    plan: LoadPlan
    report: LoadReport
    summary: LoadSummary
    ledger: Ledger = field(default_factory=Ledger)

    def to_json(self) -> dict[str, object]:
        """The result as ``stackproof load --json`` prints it."""
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
