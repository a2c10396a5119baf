"""Units are multiplied and divided like numbers."""

import math

from hypothesis import given
from hypothesis import strategies as st

from stackproof.alerts.meaning.unit import RATIO, Unit

_POWERS = st.integers(-3, 3)
_SCALES = st.sampled_from((1.0, 0.001, 0.01, 60.0, 3600.0, 1024.0))
_UNITS = st.builds(Unit, _POWERS, _POWERS, _POWERS, _SCALES)


def _same(left: Unit, right: Unit) -> bool:
    return left.is_like(right) and math.isclose(left.scale, right.scale)


@given(_UNITS, _UNITS, _UNITS)
def test_products_do_not_depend_on_the_order(one: Unit, other: Unit, third: Unit) -> None:
    """Bytes times seconds are seconds times bytes."""
    assert _same(one.times(other), other.times(one))
    assert _same(one.times(other).times(third), one.times(other.times(third)))


@given(_UNITS, _UNITS)
def test_division_undoes_multiplication(one: Unit, other: Unit) -> None:
    """Seconds a request times requests are seconds; a unit divided by itself is a ratio."""
    assert _same(one.times(other).over(other), one)
    assert _same(one.over(other).times(other), one)
    assert _same(one.over(one), RATIO)


@given(_UNITS, st.floats(1e-6, 1e6))
def test_a_value_times_a_factor_is_in_a_smaller_unit(unit: Unit, factor: float) -> None:
    """Seconds times 1000 are milliseconds; dividing by it gives seconds again."""
    scaled = unit.scaled(factor)
    assert scaled is not None
    assert math.isclose(scaled.scale * factor, unit.scale)
    back = scaled.scaled(1 / factor)
    assert back is not None
    assert _same(back, unit)


@given(_UNITS, st.floats(max_value=0) | st.just(math.nan) | st.just(math.inf))
def test_a_factor_that_is_no_scale_leaves_no_unit(unit: Unit, factor: float) -> None:
    """Nobody measures in minus milliseconds."""
    assert unit.scaled(factor) is None
