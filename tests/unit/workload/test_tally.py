import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackproof.model import Outcome, Sample
from stackproof.workload import Constant, LoadPlan
from stackproof.workload.tally import Histogram, LoadTally


def tally(*samples: Sample, lag_limit_s: float = 0.010) -> LoadTally:
    """A tally of these samples."""
    made = LoadTally(LoadPlan("mime://a:1", Constant(1, 10), "s", lag_limit_s=lag_limit_s))
    for sample in samples:
        made.add(sample)
    return made


def sample(at_s: float, took_s: float, outcome: Outcome = Outcome.OK, lag_s: float = 0.0) -> Sample:
    """A request that was due at a moment."""
    return Sample("s", at_s, at_s + lag_s, at_s + took_s, outcome)


@settings(max_examples=25)  # each makes a histogram of 200 KB
@given(st.lists(st.floats(1e-6, 3600), min_size=1, max_size=30), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_a_quantile_divides_the_times(times_s: list[float], share: float) -> None:
    """To within one time of the list, its three digits and a microsecond."""
    histogram = Histogram()
    for time_s in times_s:
        histogram.add(time_s)
    quantile_s, count = histogram.quantile_s(share), len(times_s)
    assert sum(time_s <= quantile_s * 1.001 + 1e-6 for time_s in times_s) >= share * count - 1
    assert sum(time_s >= quantile_s * 0.999 - 1e-6 for time_s in times_s) >= (1 - share) * count - 1
    assert any(quantile_s == pytest.approx(time_s, rel=1e-3, abs=1e-6) for time_s in times_s)


def test_latency_counts_from_when_a_successful_request_was_due() -> None:
    """A hundred requests take 1 to 100 ms; the duration of an error does not count."""
    samples = [sample(0, number / 1000) for number in range(1, 101)]
    latencies = tally(*samples, sample(0, 50, Outcome.TIMEOUT)).summary().latencies
    assert latencies is not None
    seen_s = [latencies.p50_s, latencies.p90_s, latencies.p95_s, latencies.p99_s, latencies.max_s]
    assert seen_s == pytest.approx([0.050, 0.090, 0.095, 0.099, 0.100], rel=1e-3)


def test_errors_are_counted_by_kind() -> None:
    """Each kind has its number, and so do the successful requests."""
    outcomes = [Outcome.OK, Outcome.RESET, Outcome.RESET, Outcome.WRONG]
    summary = tally(*(sample(number, 0.1, outcome) for number, outcome in enumerate(outcomes))).summary()
    assert (summary.ok, summary.errors) == (1, {"reset": 2, "wrong": 1})
    assert summary.achieved_rate_per_s == pytest.approx(1)


def test_no_latency_is_invented_if_nothing_succeeded() -> None:
    """If all requests are refused, there is no p99."""
    assert tally(sample(0, 0.001, Outcome.REFUSED)).summary().latencies is None


@pytest.mark.parametrize(
    ("lag_s", "planned", "dropped", "kept_up"),
    [(0.001, 2, 0, True), (0.5, 2, 0, False), (0.001, 3, 1, False), (0.001, 3, 0, False)],
)
def test_a_generator_that_fell_behind_says_so(lag_s: float, planned: int, dropped: int, *, kept_up: bool) -> None:
    """Late, dropped or missing requests each mean that the numbers prove nothing."""
    report = tally(sample(0, 1, lag_s=lag_s), sample(1, 1, lag_s=lag_s)).report(planned, dropped)
    assert report.kept_up is kept_up
    assert (report.planned, report.sent, report.dropped) == (planned, 2, dropped)
    assert report.lag_p99_s == pytest.approx(lag_s, rel=1e-3)


def test_the_plan_decides_what_counts_as_behind() -> None:
    """20 ms of lag are too much for one load, and fine for another."""
    late = sample(0, 1, lag_s=0.020)
    assert not tally(late).report(1, 0).kept_up
    assert tally(late, lag_limit_s=0.025).report(1, 0).kept_up
