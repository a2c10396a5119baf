import math
from itertools import islice, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stackproof.model import DeclarationError
from stackproof.workload import Constant, Poisson, Replay, Schedule, Spike

ROUND = st.integers(1, 200).map(lambda tenths: tenths / 10)  # sums of these meet whole numbers but for rounding errors
RATES = st.floats(0.1, 500) | ROUND
SECONDS = st.floats(0.1, 20) | ROUND
SCHEDULES = st.one_of(
    st.builds(Constant, RATES, SECONDS),
    st.builds(Poisson, RATES, SECONDS, st.integers(0, 1000)),
    st.builds(
        lambda rate, spike, every, share, duration: Spike(rate, spike, every, every * share, duration),
        RATES, RATES, SECONDS, st.floats(0.1, 1), SECONDS,
    ),
    st.lists(st.floats(0, 1000), min_size=1).map(lambda at_s: Replay(tuple(sorted(at_s)))),
)  # fmt: skip


@given(SCHEDULES)
@example(Spike(1.0, 0.5, every_s=1.0, for_s=0.9999999999999999, duration_s=1.0))  # once due before 0, by rounding
@example(Spike(1e-9, 1e-9, every_s=0.1, for_s=0.05, duration_s=0.1))  # held less than a rounding error
def test_a_schedule_generates_what_it_plans(schedule: Schedule) -> None:
    """As many requests as planned, ascending, none before the start or after the end."""
    offsets = list(schedule.offsets())
    assert len(offsets) == schedule.planned
    assert offsets == sorted(offsets)
    assert all(0 <= offset_s <= schedule.duration_s * (1 + 1e-9) for offset_s in offsets)


def test_a_constant_rate_has_even_gaps() -> None:
    """1000 a second for 2 s are 2000 requests, a millisecond apart, the first at once."""
    offsets = list(Constant(1000, 2).offsets())
    assert len(offsets) == 2000
    assert offsets[0] == 0
    assert all(math.isclose(after - before, 0.001, abs_tol=1e-9) for before, after in pairwise(offsets))


def test_a_long_schedule_costs_no_memory() -> None:
    """A schedule of a year gives its first requests at once."""
    assert list(islice(Constant(1e6, 366 * 86_400).offsets(), 3)) == [0, 1e-6, 2e-6]


def test_poisson_arrivals_have_the_rate_and_the_spread_of_their_distribution() -> None:
    """Mean gap and standard deviation of the gaps are both 1/rate, within what 100,000 draws allow."""
    gaps = [after - before for before, after in pairwise(Poisson(100, 1000, seed=7).offsets())]
    mean_s = sum(gaps) / len(gaps)
    deviation_s = math.sqrt(sum((gap - mean_s) ** 2 for gap in gaps) / len(gaps))
    assert mean_s == pytest.approx(0.01, rel=0.02)
    assert deviation_s == pytest.approx(0.01, rel=0.02)


def test_poisson_arrivals_repeat_with_their_seed() -> None:
    """The same seed gives the same load, another seed a different one."""
    assert list(Poisson(100, 5, seed=1).offsets()) == list(Poisson(100, 5, seed=1).offsets())
    assert list(Poisson(100, 5, seed=1).offsets()) != list(Poisson(100, 5, seed=2).offsets())


def test_a_spike_ends_each_period() -> None:
    """1 a second, and 10 a second in the last 2 s of every 10 s: 28 requests a period."""
    offsets = list(Spike(1, 10, every_s=10, for_s=2, duration_s=20).offsets())
    assert sum(offset_s < 8 for offset_s in offsets) == 8
    assert sum(8 <= offset_s < 10 for offset_s in offsets) == 20
    assert sum(18 <= offset_s < 20 for offset_s in offsets) == 20
    assert len(offsets) == 56


def test_fractions_of_a_request_are_not_lost_between_spikes() -> None:
    """0.3 a second in periods of 1 s is still 3 requests in 10 s."""
    assert len(list(Spike(0.3, 0.3, every_s=1, for_s=0.5, duration_s=10).offsets())) == 3


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_a_rate_must_be_a_positive_number(value: float) -> None:
    """Zero, negative and unreal rates are refused, with what was expected."""
    for schedule in (Constant, Poisson):
        with pytest.raises(DeclarationError, match=r"rate must be > 0 requests a second, saw"):
            schedule(value, 1)
    with pytest.raises(DeclarationError, match="spike rate must be > 0"):
        Spike(1, value, 10, 1, 60)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_a_duration_must_be_a_positive_number(value: float) -> None:
    """Zero, negative and endless durations are refused, with what was expected."""
    for schedule in (Constant, Poisson):
        with pytest.raises(DeclarationError, match="duration must be > 0 s"):
            schedule(1, value)
    with pytest.raises(DeclarationError, match="spike every must be > 0 s"):
        Spike(1, 2, value, 1, 60)
    with pytest.raises(DeclarationError, match="spike for must be > 0 s"):
        Spike(1, 2, 10, value, 60)


def test_a_spike_must_fit_into_its_period() -> None:
    """A burst of 11 s in every 10 s is refused."""
    with pytest.raises(DeclarationError, match="11 s does not fit into a period of 10 s"):
        Spike(1, 2, every_s=10, for_s=11, duration_s=60)


@pytest.mark.parametrize("at_s", [(), (-1.0,), (2.0, 1.0), (0.0, math.nan), (math.inf,)])
def test_a_replay_must_be_ascending_offsets(at_s: tuple[float, ...]) -> None:
    """No offsets, negative, descending and unreal ones are refused."""
    with pytest.raises(DeclarationError, match="offset"):
        Replay(at_s)
