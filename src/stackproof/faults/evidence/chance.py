"""Whether a count is one that chance makes: both tails of the exact binomial distribution."""

DOUBT = 1e-4
"""A count counts as impossible where chance makes one as far out, on that side, less often than this."""


def is_likely(hits: int, tries: int, share: float) -> bool:
    """True where that many hits come of so many tries that each hit with this chance.

    Args:
        hits: How many hit.
        tries: How many there were; none show nothing.
        share: The chance of each, between 0 and 1.
    """
    # scipy.stats.binom says the same, and takes a second longer to import
    from scipy.special import bdtr, bdtrc  # noqa: PLC0415 - half a second that `stackproof --help` need not pay

    if not 0 <= hits <= tries or tries == 0:
        return False
    no_more = float(bdtr(hits, tries, share))
    no_fewer = float(bdtrc(hits - 1, tries, share)) if hits else 1.0
    return min(no_more, no_fewer) >= DOUBT


def tries_for(hits: int, percent: int) -> int:
    """How many tries bring that many hits on average.

    Args:
        hits: How many are wanted.
        percent: The chance of each try, 1 to 100.
    """
    return -(-hits * 100 // percent)
