"""The verdict on one objective, from the requests of a run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from stackproof.judge.bounds import Bounds, bounds, more_samples
from stackproof.judge.formatting import percent, seconds
from stackproof.model import Judgement, LoadReport, Objective, Outcome, Sample, Sli, Verdict

_GOOD = {
    Sli.AVAILABILITY: "of requests are answered",
    Sli.ERRORS: "of requests end as they should",
    Sli.LATENCY: "of answers come within {threshold_s:g} s",
}


def measures(stream: str, objective: Objective) -> bool:
    """True if an objective is judged on a stream of samples: that of its link, with any profile."""
    return stream == objective.stream or stream.startswith(f"{objective.stream} ")


def judge_objective(
    objective: Objective,
    samples: Iterable[Sample],
    loads: Iterable[LoadReport],
    *,
    gates: bool,
) -> Judgement:
    """Judge an objective on its own samples.

    For availability a request is bad if nothing answered, for errors if it did not end as it should. Latency is judged
    on the requests that succeeded, so that one failure does not count against two objectives: a refused connection is
    quick, and a timeout takes as long as the client waits.

    A load that fell behind its own schedule distorts times and asks less of the service than was meant: latency is then
    INCONCLUSIVE, and so is what seems to pass. A refutation of availability or errors stands: sending late makes no
    service refuse, reset or answer wrongly.

    Args:
        objective: The objective.
        samples: Requests, of other streams too.
        loads: Reports of the load generators, of other streams too.
        gates: Whether this verdict decides the run; it is copied to the judgement.
    """
    ours = _of_objective(objective, list(samples))
    counted = _counted(objective, ours)
    failures = sum(_is_bad(objective, sample) for sample in counted)
    n = len(counted)
    limits = bounds(n, failures)
    late = [load for load in loads if measures(load.stream, objective) and not load.kept_up]
    quantile_s = _quantile_s(objective, counted)
    ruling = _ruling(objective, n, limits, late) if n else _without_samples(objective, len(ours))
    needed = _still_needed(objective, n, failures, ruling, late)
    return Judgement(
        objective=objective,
        n=n,
        failures=failures,
        observed=(n - failures) / n if n else None,
        lower=limits.lower,
        upper=limits.upper,
        quantile_s=quantile_s,
        verdict=ruling.verdict,
        reason="; ".join([ruling.reason, *_quantile(objective, quantile_s), *_what_would_decide(needed)]),
        gates=gates,
        more_samples=needed,
    )


@dataclass(frozen=True, slots=True)
class _Ruling:
    verdict: Verdict
    reason: str


def _of_objective(objective: Objective, samples: Sequence[Sample]) -> Sequence[Sample]:
    streams = {stream for stream in {sample.stream for sample in samples} if measures(stream, objective)}
    return [sample for sample in samples if sample.stream in streams]


def _counted(objective: Objective, samples: Sequence[Sample]) -> Sequence[Sample]:
    if objective.sli is Sli.LATENCY:
        return [sample for sample in samples if sample.outcome is Outcome.OK]
    return samples


def _is_bad(objective: Objective, sample: Sample) -> bool:
    match objective.sli:
        case Sli.AVAILABILITY:
            return not sample.outcome.reached
        case Sli.ERRORS:
            return sample.outcome is not Outcome.OK
        case Sli.LATENCY:
            return objective.threshold_s is not None and sample.latency_s > objective.threshold_s


def _without_samples(objective: Objective, seen: int) -> _Ruling:
    if seen:
        return _Ruling(
            Verdict.INCONCLUSIVE, f"none of {seen} requests went well, so there is no latency to judge; see errors"
        )
    return _Ruling(Verdict.INCONCLUSIVE, f"no request was sent over {objective.stream}")


def _ruling(objective: Objective, n: int, limits: Bounds, late: Sequence[LoadReport]) -> _Ruling:
    on_time = _ruling_on_time(objective, n, limits)
    if not late:
        return on_time
    behind = "; ".join(_behind(load) for load in late)
    if on_time.verdict is Verdict.FAIL and objective.sli is not Sli.LATENCY:
        return _Ruling(Verdict.FAIL, f"{on_time.reason} ({behind}, which does not excuse it)")
    return _Ruling(Verdict.INCONCLUSIVE, f"{behind}: its numbers prove nothing here; ask for a rate that it can hold")


def _behind(load: LoadReport) -> str:
    how = f"{load.sent} of {load.planned} sent, 1 in 100 of them {seconds(load.lag_p99_s)} late or more"
    return f"the load on {load.stream} fell behind its schedule ({how})"


def _ruling_on_time(objective: Objective, n: int, limits: Bounds) -> _Ruling:
    good = _GOOD[objective.sli].format(threshold_s=objective.threshold_s)
    promised = f"{percent(objective.target)} is promised"
    if limits.lower >= objective.target:
        return _Ruling(Verdict.PASS, f"at least {percent(limits.lower)} {good}; {promised}")
    if limits.upper < objective.target:
        return _Ruling(Verdict.FAIL, f"at most {percent(limits.upper)} {good}; {promised}")
    possible = f"between {percent(limits.lower)} and {percent(limits.upper)}"
    return _Ruling(Verdict.INCONCLUSIVE, f"after {n} requests, {possible} {good}; {promised}")


def _still_needed(objective: Objective, n: int, failures: int, ruling: _Ruling, late: Sequence[LoadReport]) -> int:
    if ruling.verdict is not Verdict.INCONCLUSIVE:
        return 0
    if late:  # what was sent counts for nothing
        return more_samples(0, 0, objective.target)
    return more_samples(n, failures, objective.target)


def _quantile(objective: Objective, quantile_s: float | None) -> Iterator[str]:
    if quantile_s is not None:
        yield f"p{objective.target * 100:g} is {seconds(quantile_s)}"


def _what_would_decide(needed: int) -> Iterator[str]:
    if needed:
        yield f"{needed} more without a failure would prove it"


def _quantile_s(objective: Objective, samples: Sequence[Sample]) -> float | None:
    """The nearest-rank quantile: the smallest latency that the target's share of requests does not exceed."""
    if objective.sli is not Sli.LATENCY or not samples:
        return None
    latencies_s = sorted(sample.latency_s for sample in samples)
    return latencies_s[max(ceil(objective.target * len(latencies_s)), 1) - 1]
