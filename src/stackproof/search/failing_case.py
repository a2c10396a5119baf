"""Searches generated cases for one that fails, and makes it small, with Hypothesis, within a budget of time.

What failed once has failed: a case is not run again, because real servers and containers need not fail the same way
twice (https://hypothesis.readthedocs.io).
"""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import Generic, NoReturn, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

FIND_AND_SHRINK = (Phase.generate, Phase.shrink)
FIND = (Phase.generate,)

Case = TypeVar("Case", bound=Hashable)


class SearchOverError(BaseException):
    """The search is over. It is not an ``Exception``, so that it passes through Hypothesis, which would continue."""


@dataclass(frozen=True, slots=True)
class FailingCase(Generic[Case]):
    """A case that failed.

    Attributes:
        case: The smallest that was found.
        why: Why it failed.
        shrunk: How many more cases were run to make it small.
    """

    case: Case
    why: str
    shrunk: int = 0


def _same_size(_case: object) -> tuple[int, ...]:
    return ()


@dataclass(slots=True)
class Search(Generic[Case]):
    """The state of one search.

    Attributes:
        shrink_s: How long a smaller failing case is looked for, in seconds.
        search_s: How long any failing case is looked for, in seconds.
        size: Orders failing cases by size; without it the last one found counts as the smallest.
        remember_passed: False to save memory, where a case that passed is large and seldom comes again.
        tried: How many cases ran until one failed.
        failure: The smallest that failed; None if none did.
        trouble: An error that was no case's fault and ended the search; None if there was none.
    """

    shrink_s: float
    search_s: float = inf
    size: Callable[[Case], tuple[int, ...]] = _same_size
    remember_passed: bool = True
    tried: int = 0
    failure: FailingCase[Case] | None = None
    trouble: Exception | None = None
    _ends_s: float = field(init=False)
    _results: dict[Case, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._ends_s = time.monotonic() + self.search_s

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Run a part of a case, if there is time.

        Raises:
            SearchOverError: The time is over, or the block raised an error, which is kept as the trouble.
        """
        if time.monotonic() >= self._ends_s:
            raise SearchOverError
        try:
            yield
        except Exception as error:  # noqa: BLE001 - kept for the caller: Hypothesis would run the case again
            self.trouble, self._ends_s = error, -inf
            raise SearchOverError from None

    def add(self, case: Case, why: str) -> None:
        """Add the result of a case; ``why`` is empty if it passed.

        Raises:
            AssertionError: It failed.
        """
        if self.failure is None:
            self.tried += 1
            if why:
                self._ends_s = time.monotonic() + self.shrink_s
                self.failure = FailingCase(case, why)
        else:
            before = self.failure
            self.failure = FailingCase(before.case, before.why, before.shrunk + 1)
        self._keep_smaller(case, why)
        if why:
            _fail(why)

    def run(self, case: Case, execute: Callable[[Case], str]) -> None:
        """Run a case, or use its result from before.

        Raises:
            AssertionError: It failed.
            SearchOverError: It was not run: the search is over.
        """
        if case in self._results:
            if why := self._results[case]:
                self._keep_smaller(case, why)
                _fail(why)
            return
        with self.going_on():
            why = execute(case)
        if self.remember_passed or self.failure or why:
            self._results[case] = why
        self.add(case, why)

    def _keep_smaller(self, case: Case, why: str) -> None:
        if why and self.failure is not None and self.size(case) <= self.size(self.failure.case):
            self.failure = FailingCase(case, why, self.failure.shrunk)


@dataclass(frozen=True, slots=True, repr=False)
class _Unprinted(Generic[Case]):
    """A case without a representation: Hypothesis would write one for each, which takes long for a large case."""

    case: Case


def search_cases(  # noqa: PLR0913, PLR0917 - a search has that many parts
    cases: SearchStrategy[Case],
    execute: Callable[[Case], str],
    search: Search[Case],
    seed: int,
    count: int,
    phases: tuple[Phase, ...] = FIND_AND_SHRINK,
) -> None:
    """Run cases until one fails, the count is reached, or the time is over.

    Args:
        cases: Generates the cases.
        execute: Runs one; returns why it failed, or an empty string.
        search: Takes the results.
        seed: The same seed generates the same cases.
        count: The largest number of cases.
        phases: ``FIND`` if Hypothesis is not to shrink, which takes too long for some cases.
    """

    @seeded(seed)
    @settings(_settings(count), phases=phases)
    @given(cases.map(_Unprinted))
    def each(unprinted: _Unprinted[Case]) -> None:
        search.run(unprinted.case, execute)

    _quietly(each)


def search_machine(create: Callable[[], RuleBasedStateMachine], seed: int, count: int, steps: int) -> None:
    """Run a state machine until it fails, or the count is reached, or its search is over.

    Args:
        create: Creates one, which adds its results to a search.
        seed: The same seed makes the same steps.
        count: The largest number of runs.
        steps: The largest number of steps in each.
    """

    @seeded(seed)
    def factory() -> RuleBasedStateMachine:
        return create()

    chosen = settings(_settings(count), stateful_step_count=steps)
    _quietly(lambda: run_state_machine_as_test(factory, settings=chosen))  # type: ignore[arg-type] # any callable will do


def _settings(count: int) -> settings:
    return settings(
        max_examples=max(1, count),
        phases=FIND_AND_SHRINK,
        verbosity=Verbosity.quiet,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def _quietly(run: Callable[[], None]) -> None:
    """Run a search; its state has the failure. A server need not fail the same way twice, so ``Flaky`` is no error."""
    try:
        run()
    except (AssertionError, Flaky, SearchOverError):
        return


def _fail(why: str) -> NoReturn:
    """Raise from one line of code: Hypothesis takes failures at two lines for two different ones."""
    raise AssertionError(why)
