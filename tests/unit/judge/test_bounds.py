"""The bounds are exact, and the samples that they ask for are the fewest that decide."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from stackproof.judge import CONFIDENCE, bounds, more_samples

shares = st.floats(0.0, 1.0)


@st.composite
def counts(draw: st.DrawFn, most: int = 10_000) -> tuple[int, int]:
    """Requests, and failures among them."""
    n = draw(st.integers(1, most))
    return n, draw(st.integers(0, n))


@given(n=st.integers(1, 60), good_share=shares)
def test_the_truth_is_above_the_lower_bound_in_95_of_100_runs(n: int, good_share: float) -> None:
    """Whatever a service's true share is, its lower bound lies above it in at most 5 % of all runs: by enumeration."""
    covered = sum(
        binom.pmf(failures, n, 1 - good_share) for failures in range(n + 1) if bounds(n, failures).lower <= good_share
    )
    assert covered >= CONFIDENCE - 1e-9


@given(n=st.integers(1, 60), good_share=shares)
def test_the_truth_is_below_the_upper_bound_in_95_of_100_runs(n: int, good_share: float) -> None:
    """Whatever a service's true share is, its upper bound lies below it in at most 5 % of all runs: by enumeration."""
    covered = sum(
        binom.pmf(failures, n, 1 - good_share) for failures in range(n + 1) if bounds(n, failures).upper >= good_share
    )
    assert covered >= CONFIDENCE - 1e-9


@given(counts())
def test_they_are_the_bounds_that_scipy_gives(count: tuple[int, int]) -> None:
    """Two one-sided bounds at 95 % are scipy's own exact interval at 90 %."""
    n, failures = count
    interval = binomtest(n - failures, n).proportion_ci(confidence_level=0.9, method="exact")
    lower, upper = bounds(n, failures)
    assert lower == pytest.approx(interval.low, abs=1e-9)
    assert upper == pytest.approx(interval.high, abs=1e-9)


@given(counts())
def test_bounds_enclose_what_was_seen(count: tuple[int, int]) -> None:
    """What was seen lies between the bounds, and both lie between 0 and 1."""
    n, failures = count
    lower, upper = bounds(n, failures)
    assert 0 <= lower < upper <= 1
    assert lower <= (n - failures) / n <= upper


@given(counts())
def test_one_more_failure_proves_less(count: tuple[int, int]) -> None:
    """A failure in place of a good request lowers both bounds; one more good request raises the lower one."""
    n, failures = count
    assume(failures < n)
    now, worse, more = bounds(n, failures), bounds(n, failures + 1), bounds(n + 1, failures)
    assert worse.lower < now.lower < more.lower
    assert worse.upper < now.upper or worse.upper == now.upper == 1


@given(counts(), st.floats(0.01, 0.9999))
def test_the_fewest_samples_that_decide(count: tuple[int, int], target: float) -> None:
    """So many more good requests prove the target, and one fewer does not."""
    n, failures = count
    more = more_samples(n, failures, target)
    assert bounds(n + more, failures).lower >= target
    assert more == 0 or bounds(n + more - 1, failures).lower < target


@pytest.mark.parametrize(
    ("target", "needed"), [(0.999, 2995), (0.9999, 29956), (0.9995, 5990), (0.95, 59), (0.9, 29), (0.0, 0)]
)
def test_the_figures_that_the_design_names(target: float, needed: int) -> None:
    """0 failures in 2995 requests is what proves "< 0.1 %" at 95 %, and one request fewer proves it not."""
    assert more_samples(0, 0, target) == needed
    assert needed == 0 or bounds(needed, 0).lower >= target > bounds(needed - 1, 0).lower


def test_without_failures_the_bound_is_the_root_of_5_percent() -> None:
    """Without failures the exact bound is known in closed form: the n-th root of 1 - confidence."""
    assert bounds(2995, 0).lower == pytest.approx(math.pow(0.05, 1 / 2995), rel=1e-12)


def test_nothing_seen_proves_nothing() -> None:
    """Without a request every share is possible."""
    assert bounds(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("n", "failures"), [(1, 2), (0, 1), (5, -1)])
def test_impossible_counts_are_refused(n: int, failures: int) -> None:
    """More failures than requests is a defect of the caller's, not a share."""
    with pytest.raises(ValueError, match="failures <= n"):
        bounds(n, failures)


@pytest.mark.parametrize("target", [1.0, 1.2, -0.1])
def test_certainty_is_not_for_sale(target: float) -> None:
    """No number of requests proves that none ever fails."""
    with pytest.raises(ValueError, match="expected a target"):
        more_samples(0, 0, target)
