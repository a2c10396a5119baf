import pytest

from stackproof.faults.evidence.binomial import is_plausible, trials_for


@pytest.mark.parametrize(
    ("hits", "trials", "probability", "plausible"),
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
def test_a_count_is_plausible_if_neither_tail_is_below_one_in_ten_thousand(
    hits: int, trials: int, probability: float, *, plausible: bool
) -> None:
    """The limits are those of the exact binomial distribution; an impossible count is not plausible."""
    assert is_plausible(hits, trials, probability) is plausible


@pytest.mark.parametrize("percent", [1, 3, 7, 50, 99, 100])
def test_zero_is_never_mistaken_for_forty(percent: int) -> None:
    """Whatever the percentage, there are enough trials to distinguish a fault from none."""
    trials = trials_for(40, percent)
    assert trials * percent >= 4000
    assert not is_plausible(0, trials, percent / 100)
