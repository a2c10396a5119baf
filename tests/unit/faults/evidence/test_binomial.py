import pytest

from stackproof.faults.evidence.binomial import is_plausible, trials_for


@pytest.mark.parametrize(
    ("hits", "tries", "share", "likely"),
    [
        (40, 4000, 0.01, True),
        (0, 4000, 0.01, False),
        (19, 4000, 0.01, True),
        (18, 4000, 0.01, False),
        (65, 4000, 0.01, True),
        (66, 4000, 0.01, False),
        (40, 40, 1.0, True),
        (39, 40, 1.0, False),
        (0, 40, 1.0, False),
        (0, 0, 0.5, False),
        (41, 40, 0.5, False),
        (-1, 40, 0.5, False),
    ],
)
def test_a_count_is_likely_where_neither_tail_is_thinner_than_one_in_ten_thousand(
    hits: int, tries: int, share: float, *, likely: bool
) -> None:
    """The bounds are those of the exact binomial distribution; a count that cannot be is not likely."""
    assert is_plausible(hits, tries, share) is likely


@pytest.mark.parametrize("percent", [1, 3, 7, 50, 99, 100])
def test_no_count_of_none_is_taken_for_forty(percent: int) -> None:
    """Whatever the percentage, the number of tries suffices to tell a fault from none."""
    tries = trials_for(40, percent)
    assert tries * percent >= 4000
    assert not is_plausible(0, tries, percent / 100)
