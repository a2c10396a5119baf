"""Random schedules of faults: generated, run and made small within a budget of time.

The same seed generates the same schedules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from hypothesis.strategies import SearchStrategy

from stackproof.search.failing_case import Case, Search, search_cases

_QUICKEST_S = 1.0
_SHRINKS_FOR_S = 120.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to search.

    Attributes:
        search_s: For a schedule that fails, in seconds.
        shrink_s: For a smaller one, once one has failed, in seconds.
    """

    search_s: float
    shrink_s: float = _SHRINKS_FOR_S


@dataclass(frozen=True, slots=True)
class Explored:
    """The result of a search.

    Attributes:
        tried: How many cases ran before one failed.
        shrunk: How many more ran to make it smaller.
        failing: The smallest that failed; None if none did.
        why: Why it failed; empty if none did.
    """

    tried: int
    shrunk: int
    failing: object
    why: str


def explore(cases: SearchStrategy[Case], execute: Callable[[Case], str], seed: int, budget: Budget) -> Explored:
    """Search for a case that fails, and for a small one.

    Args:
        cases: Generates the cases.
        execute: Runs a case; returns why it failed, or an empty string.
        seed: The same seed generates the same cases.
        budget: How long it may take.

    Raises:
        Exception: What ``execute`` raised before a case failed; once a case has failed, it outweighs such an error.
    """
    search: Search[Case] = Search(budget.shrink_s, budget.search_s)
    search_cases(cases, execute, search, seed, ceil(budget.search_s / _QUICKEST_S))
    if (failure := search.failure) is not None:
        return Explored(search.tried, failure.shrunk, failure.case, failure.why)
    if search.trouble is not None:
        raise search.trouble
    return Explored(search.tried, 0, None, "")
