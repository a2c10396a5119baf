"""Whether a count is plausible for a given probability: both tails of the exact binomial distribution."""

TAIL = 1e-4
"""A count is implausible if one as far out, on its side, has a smaller probability than this."""


def is_plausible(hits: int, trials: int, probability: float) -> bool:
    """True if so many hits in so many trials are plausible.

    Args:
        hits: The number of hits.
        trials: The number of trials; nothing is plausible without any.
        probability: The probability of a hit in each trial, between 0 and 1.
    """
    # scipy.stats.binom computes the same, and takes a second longer to import.
    from scipy.special import bdtr, bdtrc  # noqa: PLC0415 - half a second that `stackproof --help` need not pay

    if not 0 <= hits <= trials or trials == 0:
        return False
    no_more = float(bdtr(hits, trials, probability))
    no_fewer = float(bdtrc(hits - 1, trials, probability)) if hits else 1.0
    return min(no_more, no_fewer) >= TAIL


def trials_for(hits: int, percent: int) -> int:
    """The number of trials in which so many hits are expected on average.

    Args:
        hits: The number of hits.
        percent: The probability of a hit in each trial, 1 to 100.
    """
    return -(-hits * 100 // percent)
