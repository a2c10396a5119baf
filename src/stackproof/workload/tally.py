"""Summarises the samples of a load in constant memory: latencies and lag in HDR histograms."""

from collections import Counter

from hdrh.histogram import HdrHistogram

from stackproof.model import LoadReport, Outcome, Sample
from stackproof.workload.plan import LoadPlan
from stackproof.workload.result import Latencies, LoadSummary

_MICROSECONDS = 1_000_000
_LONGEST_US = 3600 * _MICROSECONDS
_DIGITS = 3


class Histogram:
    """Times from a microsecond to an hour, to three digits (http://hdrhistogram.org/)."""

    def __init__(self) -> None:
        self._counts = HdrHistogram(1, _LONGEST_US, _DIGITS)

    def add(self, seconds: float) -> None:
        """Count a time."""
        self._counts.record_value(min(max(1, round(seconds * _MICROSECONDS)), _LONGEST_US))

    def quantile_s(self, share: float) -> float:
        """Return the time, in seconds, that this share of the times does not exceed; 0 if there are none."""
        at_us: float = self._counts.get_value_at_percentile(share * 100) if self._counts.total_count else 0.0
        return at_us / _MICROSECONDS


class LoadTally:
    """Counts the samples of a load for its result.

    Latencies are those of successful requests, counted from when each was due.

    Args:
        plan: The load.
    """

    def __init__(self, plan: LoadPlan) -> None:
        self._plan = plan
        self._latency = Histogram()
        self._lag = Histogram()
        self._outcomes: Counter[Outcome] = Counter()
        self._max_s = 0.0
        self._first_s = self._last_s = 0.0

    def add(self, sample: Sample) -> None:
        """Count a request."""
        if not self._outcomes:
            self._first_s = sample.intended_s
        self._last_s = max(self._last_s, sample.started_s)
        self._outcomes[sample.outcome] += 1
        self._lag.add(sample.lag_s)
        if sample.outcome is Outcome.OK:
            self._latency.add(sample.latency_s)
            self._max_s = max(self._max_s, sample.latency_s)

    def report(self, planned: int, dropped: int) -> LoadReport:
        """Report how well the generator kept to its plan.

        It kept up if it sent everything that was planned, with a lag at the 99th percentile within the plan's limit.
        """
        sent = self._outcomes.total()
        lag_p99_s = self._lag.quantile_s(0.99)
        kept_up = sent == planned and lag_p99_s <= self._plan.lag_limit_s
        return LoadReport(self._plan.name, planned, sent, dropped, lag_p99_s, kept_up)

    def summary(self) -> LoadSummary:
        """Summarise what was observed of the server."""
        ok = self._outcomes[Outcome.OK]
        errors = {str(outcome): count for outcome, count in sorted(self._outcomes.items()) if outcome is not Outcome.OK}
        took_s = self._last_s - self._first_s
        gaps = self._outcomes.total() - 1
        return LoadSummary(ok, errors, self._latencies() if ok else None, gaps / took_s if took_s > 0 else 0.0)

    def _latencies(self) -> Latencies:
        p50_s, p90_s, p95_s, p99_s = (self._latency.quantile_s(share) for share in (0.5, 0.9, 0.95, 0.99))
        return Latencies(p50_s, p90_s, p95_s, p99_s, self._max_s)
