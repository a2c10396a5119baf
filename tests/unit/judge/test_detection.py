"""Theory says how long an alert should take, so that a drill has something to be compared with."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.judge import Timing, deadline_s, theoretical_detection, theoretical_resolution, window_share
from stackproof.model import DeclarationError

DOWN = Timing(scrape_interval_s=15, evaluation_interval_s=15, for_s=30, group_wait_s=10)


def test_a_target_that_is_down_is_told_after_70_s() -> None:
    """A scrape, an evaluation, the 30 s that it must hold, and the wait of its group."""
    theory = theoretical_detection(DOWN)
    assert (theory.pending_s, theory.firing_s, theory.received_s) == (30, 60, 70)


def test_for_counts_in_whole_evaluations() -> None:
    """A rule that must hold for 20 s fires at the evaluation after 30 s; one for 30 s not later."""
    assert theoretical_detection(replace(DOWN, for_s=20)).firing_s == 60
    assert theoretical_detection(replace(DOWN, for_s=30.5)).firing_s == 75


def test_a_rate_needs_a_part_of_its_window() -> None:
    """The workbook's example: a burn of 14.4 on 99.9 % over an hour, under a full outage, takes 52 s more."""
    share = window_share(14.4 * 0.001, 1.0)
    theory = theoretical_detection(replace(DOWN, window_s=3600, window_share=share))
    assert theory.pending_s == pytest.approx(30 + 51.84)


def test_rules_on_rules_and_hanging_targets_take_longer() -> None:
    """Each group that waits for another costs an evaluation; a scrape that hangs costs its time-out."""
    slow = replace(DOWN, evaluations=2, scrape_timeout_s=5)
    assert theoretical_detection(slow).pending_s == 50


def test_the_end_is_told_at_a_tick_of_the_group() -> None:
    """The range has to empty to where it was crossed, then the next group_interval tells it."""
    timing = replace(DOWN, window_s=300, window_share=0.2, group_interval_s=300, keep_firing_for_s=20)
    assert theoretical_resolution(timing) == 15 + 15 + 240 + 30 + 300


@given(
    st.builds(
        Timing,
        *(st.floats(0.1, 1e4) for _ in range(5)),
        st.floats(0, 1),
        st.integers(1, 5),
        *(st.floats(0.1, 1e4) for _ in range(3)),
    ),
    st.sampled_from([2, 60]),
)
def test_compression_shrinks_theory_by_its_factor(timing: Timing, factor: float) -> None:
    """A drill on clocks that run 60 times as fast has a 60th of the time, whatever it is made of."""
    small = Timing(
        timing.scrape_interval_s / factor,
        timing.evaluation_interval_s / factor,
        timing.for_s / factor,
        timing.group_wait_s / factor,
        timing.window_s / factor,
        timing.window_share,
        timing.evaluations,
        timing.scrape_timeout_s / factor,
        timing.keep_firing_for_s / factor,
        timing.group_interval_s / factor,
    )
    whole, part = theoretical_detection(timing), theoretical_detection(small)
    assert part.received_s * factor == pytest.approx(whole.received_s)
    assert theoretical_resolution(small) * factor == pytest.approx(theoretical_resolution(timing))
    assert whole.pending_s <= whole.firing_s <= whole.received_s


@pytest.mark.parametrize("level", [0.001, 0.0005])
def test_a_fault_under_the_threshold_can_never_be_noticed(level: float) -> None:
    """A drill with too small a fault is told before anybody waits for it."""
    with pytest.raises(DeclarationError, match="make the fault larger"):
        window_share(0.001, level)


def test_a_slow_machine_is_not_late() -> None:
    """The bound is far above theory, and never less than ten seconds."""
    assert deadline_s(0.1) > 10
    assert deadline_s(100) == 310
