"""No name of a moment hides another."""

from itertools import combinations

import pytest

from stackproof.report.marks import CHARACTER, NamedMoment, levels_of, place

WORDS = ("kill", "die", "stop", "start", "restart", "unpause", "unhealthy", "healthy")


@pytest.mark.parametrize("step_s", [0.5, 2, 5, 20, 50])
def test_names_do_not_overlap(step_s: float) -> None:
    """However near the marks are, two names on one level are apart, and none leaves the panel."""
    placed = place([NamedMoment(place * step_s, word) for place, word in enumerate(WORDS)], -10, 90 + 7 * step_s)
    right_s = {each: each.begins_s + len(each.text) * CHARACTER * (100 + 7 * step_s) for each in placed}
    for first, second in combinations(placed, 2):
        if first.level is not None and first.level == second.level:
            assert right_s[first] < second.begins_s
    assert max(right_s.values()) <= 90 + 7 * step_s


def test_marks_that_nobody_can_tell_apart_share_their_names() -> None:
    """Each name once, in the order of time."""
    (one,) = place([NamedMoment(1.0, "kill"), NamedMoment(1.01, "die"), NamedMoment(1.02, "kill")], 0, 100)
    assert (one.at_s, one.text, one.level) == (1.0, "kill, die", 0)


def test_an_earlier_name_stands_above_a_later_one_that_it_reaches() -> None:
    """So that no stem crosses a name."""
    placed = place([NamedMoment(10, "unhealthy"), NamedMoment(12, "die"), NamedMoment(60, "start")], 0, 100)
    assert [each.level for each in placed] == [1, 0, 0]
    assert levels_of(placed) == 2


def test_a_crash_loop_does_not_fill_the_page() -> None:
    """Beyond four levels a mark has no name."""
    placed = place([NamedMoment(10 + number, "restart") for number in range(20)], 0, 100)
    assert levels_of(placed) == 4
    assert None in {each.level for each in placed}


def test_a_name_near_the_right_end_is_moved() -> None:
    """It stays on the picture."""
    (one,) = place([NamedMoment(99.5, "unhealthy")], 0, 100)
    assert one.begins_s < 95
