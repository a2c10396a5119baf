"""Random cases are repeatable, bounded in time, and made small where one fails."""

import pytest
from hypothesis import strategies as st

from stackproof.experiments.exploring import Budget, Explored, explore
from stackproof.model import InconclusiveError

CASES = st.lists(st.integers(0, 100), max_size=8).map(tuple)


def _seen(seed: int) -> list[tuple[int, ...]]:
    seen: list[tuple[int, ...]] = []

    def execute(case: tuple[int, ...]) -> str:
        seen.append(case)
        return ""

    explore(CASES, execute, seed, Budget(20.0))
    return seen


def test_the_same_seed_makes_the_same_cases() -> None:
    """Whoever is given a seed sees what its finder saw; another seed shows something else."""
    assert _seen(7) == _seen(7)
    assert _seen(7) != _seen(8)


def test_a_failing_case_is_made_small() -> None:
    """What is shown is the smallest that fails, not the first."""
    found = explore(CASES, lambda case: "too much" if sum(case) > 50 else "", 1, Budget(30.0))
    assert found.failing == (51,)
    assert found.why == "too much"
    assert found.shrunk > 0


def test_what_failed_once_has_failed() -> None:
    """A case that would pass when it is run again is not run again: chance does not hide it, and nobody argues."""
    failed: list[tuple[int, ...]] = []

    def execute(case: tuple[int, ...]) -> str:
        if len(case) > 2 and not failed:
            failed.append(case)
            return "once"
        return ""

    found = explore(CASES, execute, 3, Budget(30.0))
    assert found == Explored(found.tried, found.shrunk, failed[0], "once")


def test_the_budget_bounds_the_search() -> None:
    """When the time is over no further case is run."""
    found = explore(CASES, lambda _case: "it ran", 1, Budget(search_s=0.0))
    assert found == Explored(0, 0, None, "")


def test_trouble_ends_the_search_and_is_told_as_it_is() -> None:
    """A stack that cannot be had any more is no case's fault: none is run again to make it smaller."""
    ran: list[tuple[int, ...]] = []

    def execute(case: tuple[int, ...]) -> str:
        ran.append(case)
        raise InconclusiveError("the stack is not steady")

    with pytest.raises(InconclusiveError, match="the stack is not steady"):
        explore(CASES, execute, 1, Budget(30.0))
    assert len(ran) == 1


def test_a_finding_outweighs_trouble_in_making_it_smaller() -> None:
    """What was found is told, as small as it was then."""
    failed: list[tuple[int, ...]] = []

    def execute(case: tuple[int, ...]) -> str:
        if failed:
            raise InconclusiveError("the stack is not steady")
        if sum(case) > 50:
            failed.append(case)
        return "too much" if failed else ""

    found = explore(CASES, execute, 1, Budget(30.0))
    assert (found.failing, found.why) == (failed[0], "too much")
