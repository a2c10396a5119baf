"""Exact confidence bounds on a share of good requests, and the sample that would decide.

The bounds are those of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the case of the
binomial", Biometrika 26, 1934), written with quantiles of the beta distribution. They hold for every sample size: the
chance that the true share lies beyond a bound is never more than 1 - confidence, if requests fail independently.
"""

from bisect import bisect_left
from typing import NamedTuple

CONFIDENCE = 0.95
_MOST_SAMPLES = 10**12


class Bounds(NamedTuple):
    """One-sided confidence bounds on the share of good requests, each between 0 and 1.

    Attributes:
        lower: The true share is above it, with the given confidence.
        upper: The true share is below it, with the given confidence.
    """

    lower: float
    upper: float


def bounds(n: int, failures: int, confidence: float = CONFIDENCE) -> Bounds:
    """One-sided Clopper-Pearson bounds, each at the whole confidence.

    Args:
        n: Requests that count, 0 or more.
        failures: Bad ones among them.
        confidence: That of each bound by itself, between 0 and 1.

    Raises:
        ValueError: There cannot be that many failures among so many requests.
    """
    if not 0 <= failures <= n:
        raise ValueError(f"expected 0 <= failures <= n, saw failures {failures}, n {n}")
    good = n - failures
    lower = _beta_quantile(1 - confidence, good, failures + 1) if good else 0.0
    upper = _beta_quantile(confidence, good + 1, failures) if failures else 1.0
    return Bounds(lower, upper)


def more_samples(n: int, failures: int, target: float, confidence: float = CONFIDENCE) -> int:
    """How many more requests, all good, would prove the target; 0 if it is proved already.

    Args:
        n: Requests so far.
        failures: Bad ones among them.
        target: Share of good requests to prove, from 0 up to but not including 1.
        confidence: As for ``bounds``.

    Raises:
        ValueError: The target is 1: no number of requests proves that none ever fails.
    """
    if not 0 <= target < 1:
        raise ValueError(f"expected a target in [0, 1), saw {target}")

    def proves(more: int) -> bool:
        return bounds(n + more, failures, confidence).lower >= target

    return bisect_left(range(_MOST_SAMPLES), x=True, key=proves)


def _beta_quantile(probability: float, a: int, b: int) -> float:
    # scipy.stats.beta.ppf is the same function, and takes a second longer to import
    from scipy.special import betaincinv  # noqa: PLC0415 - takes half a second, which most commands need not wait for

    return float(betaincinv(a, b, probability))
