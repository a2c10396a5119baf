"""A search finds a failing case, makes it small, and runs no case twice."""

import pytest
from hypothesis import strategies as st

from stackproof.search.failing_case import FIND, FailingCase, Search, SearchOverError, search_cases

NUMBERS = st.integers(0, 1000)


def too_big(number: int) -> str:
    """Fail above 500."""
    return "too big" if number > 500 else ""


def test_the_smallest_failing_case_is_kept() -> None:
    """Hypothesis shrinks it to the boundary."""
    search: Search[int] = Search(shrink_s=20.0)
    search_cases(NUMBERS, too_big, search, 1, 200)
    assert search.failure is not None
    assert (search.failure.case, search.failure.why) == (501, "too big")
    assert search.failure.shrunk > 0


def test_a_search_that_only_finds_does_not_shrink() -> None:
    """For cases that take too long to run again."""
    ran: list[int] = []

    def execute(number: int) -> str:
        ran.append(number)
        return too_big(number)

    search: Search[int] = Search(shrink_s=20.0)
    search_cases(NUMBERS, execute, search, 1, 200, FIND)
    assert search.failure == FailingCase(ran[-1], "too big")
    assert search.tried == len(ran)


def test_the_size_decides_which_failing_case_is_the_smallest() -> None:
    """A larger case that fails later does not replace a smaller one; one of the same size does."""
    search: Search[str] = Search(shrink_s=20.0, size=lambda text: (len(text),))
    for text in ("abc", "ab", "abcd", "xy"):
        with pytest.raises(AssertionError):
            search.run(text, lambda _text: "failed")
    assert search.failure == FailingCase("xy", "failed", 3)


@pytest.mark.parametrize(("remember_passed", "runs"), [(True, 1), (False, 2)])
def test_a_case_that_passed_is_run_again_only_if_it_is_not_remembered(*, remember_passed: bool, runs: int) -> None:
    """One that failed is always remembered."""
    ran: list[str] = []

    def execute(case: str) -> str:
        ran.append(case)
        return case if case == "bad" else ""

    search: Search[str] = Search(shrink_s=20.0, remember_passed=remember_passed)
    for _ in range(2):
        search.run("good", execute)
    for _ in range(2):
        with pytest.raises(AssertionError, match="bad"):
            search.run("bad", execute)
    assert (ran.count("good"), ran.count("bad")) == (runs, 1)


def test_an_error_of_no_case_ends_the_search() -> None:
    """It is kept for the caller, and no further case is run."""
    search: Search[str] = Search(shrink_s=20.0)

    def execute(_case: str) -> str:
        raise OSError("the disk is full")

    for case in ("a", "b"):
        with pytest.raises(SearchOverError):
            search.run(case, execute)
    assert str(search.trouble) == "the disk is full"
    assert (search.tried, search.failure) == (0, None)


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The caller reports the failure in its own words."""
    search_cases(NUMBERS, too_big, Search(shrink_s=20.0), 1, 200)
    assert capsys.readouterr() == ("", "")
