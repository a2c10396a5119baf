"""Random schedules, made and shrunk by Hypothesis (https://hypothesis.readthedocs.io), within a budget of time.

The same seed makes the same schedules. What failed once has failed: a schedule is not run twice, so that chance, of
which real containers have plenty, cannot turn a finding into an argument.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf
from typing import Generic, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.strategies import SearchStrategy

_QUICKEST_S = 1.0
_SHRINKS_FOR_S = 120.0

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to look.

    Attributes:
        search_s: For schedules that fail, in seconds.
        shrink_s: For a smaller one of those, in seconds.
    """

    search_s: float
    shrink_s: float = _SHRINKS_FOR_S


@dataclass(frozen=True, slots=True)
class Explored:
    """What came of it.

    Attributes:
        tried: How many cases ran before one failed.
        shrunk: How many more ran to make it smaller.
        failing: The smallest that failed; None where all held.
        why: Why it failed; empty where all held.
    """

    tried: int
    shrunk: int
    failing: object
    why: str


class _Search(Generic[Case]):
    """Runs cases, each once, until the time is over."""

    def __init__(self, execute: Callable[[Case], str], budget: Budget) -> None:
        self._execute = execute
        self._budget = budget
        self._ends_s = time.monotonic() + budget.search_s
        self._said: dict[Case, str] = {}
        self.tried = 0
        self.shrunk = 0
        self.trouble: Exception | None = None
        self.smallest: object = None
        self.why = ""

    def run(self, case: Case) -> None:
        """Run a case, or remember what it said; trouble that is no case's fault ends the search.

        Raises:
            AssertionError: It failed.
        """
        if case not in self._said and time.monotonic() < self._ends_s:
            try:
                self._said[case] = self._execute(case)
            except Exception as error:  # noqa: BLE001 - `explore` raises it: Hypothesis would run the case again
                self.trouble, self._ends_s = error, -inf
                return
            self.tried += not self.why
            self.shrunk += bool(self.why)
        if why := self._said.get(case, ""):
            if not self.why:
                self._ends_s = time.monotonic() + self._budget.shrink_s
            self.smallest, self.why = case, why
            raise AssertionError(why)


def explore(cases: SearchStrategy[Case], execute: Callable[[Case], str], seed: int, budget: Budget) -> Explored:
    """Look for a case that fails, and for a small one.

    Args:
        cases: What to try.
        execute: Runs a case; gives back why it failed, or nothing where it held.
        seed: The same one makes the same cases.
        budget: How long it may take.

    Raises:
        Exception: What ``execute`` raised before a case failed; a case that failed outweighs trouble in shrinking it.
    """
    search = _Search(execute, budget)

    @seeded(seed)
    @settings(
        max_examples=max(1, ceil(budget.search_s / _QUICKEST_S)),
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def each(case: Case) -> None:
        search.run(case)

    try:
        each()
    except AssertionError:
        return Explored(search.tried, search.shrunk, search.smallest, search.why)
    if search.trouble is not None:
        raise search.trouble
    return Explored(search.tried, 0, None, "")
