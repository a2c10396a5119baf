"""Whatever numbers lie within bounds, the result of an operation on them lies within the operation's bounds."""

import math
from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, compared, of_comparison, point
from stackproof.alerts.meaning.functions import bounds_after, quantile_bounds

_INF = math.inf
_TELLING = (0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 3.0, 100.0, 1e9, 1e308, -1e308, 5e-324, -5e-324, _INF, -_INF)


def _without_sign(value: float) -> float:
    """A negative zero counts as zero."""
    return value + 0.0


_NUMBERS = (st.sampled_from(_TELLING) | st.floats(allow_nan=False) | st.integers(-9, 9).map(float)).map(_without_sign)


@st.composite
def bounded(draw: st.DrawFn) -> tuple[Bounds, float]:
    """Bounds and a value within them: an end, a number between, zero or NaN."""
    low, high = sorted((draw(_NUMBERS), draw(_NUMBERS)))
    nan = draw(st.booleans())
    inside = st.sampled_from((low, high)) | st.floats(low, high, allow_nan=False).map(_without_sign)
    if low <= 0 <= high:
        inside |= st.just(0.0)
    value = draw(inside | st.just(math.nan) if nan else inside)
    return Bounds(low, high, nan), value


def _divided(dividend: float, divisor: float) -> float:
    if divisor == 0:
        return math.nan if dividend == 0 or math.isnan(dividend) else math.copysign(_INF, dividend)
    return dividend / divisor


def _remainder(dividend: float, divisor: float) -> float:
    try:
        return math.fmod(dividend, divisor)
    except ValueError:
        return math.nan


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -_INF if base < 0 and exponent % 2 == 1 else _INF
    except ValueError:
        return math.nan if base else _INF


_OPERATIONS: dict[str, tuple[Callable[[Bounds, Bounds], Bounds], Callable[[float, float], float]]] = {
    "+": (Bounds.plus, lambda mine, theirs: mine + theirs),
    "-": (Bounds.minus, lambda mine, theirs: mine - theirs),
    "*": (Bounds.times, lambda mine, theirs: mine * theirs),
    "/": (Bounds.over, _divided),
    "%": (Bounds.modulo, _remainder),
    "^": (Bounds.power, _power),
}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": lambda mine, theirs: mine == theirs,
    "!=": lambda mine, theirs: mine != theirs,
    "<": lambda mine, theirs: mine < theirs,
    "<=": lambda mine, theirs: mine <= theirs,
    ">": lambda mine, theirs: mine > theirs,
    ">=": lambda mine, theirs: mine >= theirs,
}


def _whole(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: float(function(value)) if math.isfinite(value) else value


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    def applied(value: float) -> float:
        if value == 0:
            return -_INF
        return function(value) if value > 0 else math.nan

    return applied


def _exponential(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return _INF


_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "round": _whole(lambda value: math.floor(value + 0.5)),
    "sqrt": lambda value: math.sqrt(value) if value >= 0 else math.nan,
    "ln": _logarithm(math.log),
    "log2": _logarithm(math.log2),
    "log10": _logarithm(math.log10),
    "exp": _exponential,
    "sgn": lambda value: value if math.isnan(value) else float((value > 0) - (value < 0)),
}


@pytest.mark.parametrize("op", _OPERATIONS)
@given(bounded(), bounded())
def test_a_result_of_an_operator_is_within_its_bounds(
    op: str, left: tuple[Bounds, float], right: tuple[Bounds, float]
) -> None:
    """With infinities, NaN, zero and the smallest and largest numbers."""
    bounds, operation = _OPERATIONS[op]
    (mine, value), (theirs, other) = left, right
    assert bounds(mine, theirs).holds(operation(value, other))


_ENDS = (-_INF, -1.0, 0.0, 0.5, 1.0, math.nextafter(1.0, _INF), 2.0, _INF)


def _narrow() -> Iterator[tuple[Bounds, float]]:
    """Bounds between all of these ends, with each value that they hold."""
    for low, high in combinations_with_replacement(_ENDS, 2):
        yield from ((Bounds(low, high), value) for value in _ENDS if low <= value <= high)


@pytest.mark.parametrize("op", _OPERATIONS)
def test_ends_and_zeros_are_within_bounds(op: str) -> None:
    """`0 * Inf`, `0 / 0`, `Inf - Inf` and remainders of 0 are seldom drawn by chance, so each is tried."""
    bounds, operation = _OPERATIONS[op]
    for (mine, value), (theirs, other) in product(_narrow(), repeat=2):
        assert bounds(mine, theirs).holds(operation(value, other)), (mine, value, theirs, other)


@pytest.mark.parametrize("op", _COMPARISONS)
def test_ends_and_their_neighbours_are_compared_rightly(op: str) -> None:
    """A limit itself, the next number, and infinite limits."""
    for (mine, value), (theirs, other) in product(_narrow(), repeat=2):
        is_true = _COMPARISONS[op](value, other)
        assert compared(op, mine, theirs) in {None, is_true}, (mine, value, theirs, other)
        allowed = of_comparison(op, theirs)
        assert not is_true or (allowed is not None and allowed.holds(value)), (value, theirs, other)


@pytest.mark.parametrize("function", _FUNCTIONS)
@given(bounded())
def test_a_result_of_a_function_is_within_its_bounds(function: str, drawn: tuple[Bounds, float]) -> None:
    """Also where the function is not defined, and where it rounds or overflows."""
    bounds, value = drawn
    assert bounds_after(function, bounds, (None,)).holds(_FUNCTIONS[function](value))


@given(bounded(), _NUMBERS, _NUMBERS)
def test_a_clamped_value_is_within_its_bounds(drawn: tuple[Bounds, float], one: float, other: float) -> None:
    """Whichever side of the limits the value is on."""
    bounds, value = drawn
    low, high = sorted((one, other))
    at_least = value if math.isnan(value) else max(value, low)
    at_most = value if math.isnan(value) else min(value, high)
    both = value if math.isnan(value) else min(max(value, low), high)
    assert bounds_after("clamp_min", bounds, (None, low)).holds(at_least)
    assert bounds_after("clamp_max", bounds, (None, high)).holds(at_most)
    assert bounds_after("clamp", bounds, (None, low, high)).holds(both)


@given(bounded(), st.lists(st.floats(0, 1), min_size=1, max_size=5), st.floats(-1, 2))
def test_sums_means_and_quantiles_are_within_their_bounds(
    drawn: tuple[Bounds, float], places: list[float], quantile: float
) -> None:
    """Of any numbers between the bounds, in any order."""
    bounds = drawn[0]
    values = [_between(bounds, place) for place in places] + [drawn[1]]
    assert bounds.summed().holds(sum(values))
    assert bounds.averaged().holds(sum(value / len(values) for value in values))
    assert quantile_bounds(bounds, quantile).holds(_quantile(values, quantile))


def _between(bounds: Bounds, place: float) -> float:
    if not math.isfinite(bounds.low) or not math.isfinite(bounds.high):
        return bounds.low if place < 0.5 else bounds.high
    return min(max(bounds.low * (1 - place) + bounds.high * place, bounds.low), bounds.high)


def _quantile(values: list[float], quantile: float) -> float:
    """As Prometheus computes it: `quantile` of promql/quantile.go; NaN comes first."""
    if quantile < 0 or quantile > 1:
        return math.copysign(_INF, quantile)
    ordered = sorted(values, key=lambda value: (not math.isnan(value), value))
    rank = quantile * (len(ordered) - 1)
    below = math.floor(rank)
    weight = rank - below
    return ordered[below] * (1 - weight) + ordered[min(below + 1, len(ordered) - 1)] * weight


@pytest.mark.parametrize("op", _COMPARISONS)
@given(bounded(), bounded())
def test_a_verdict_on_a_comparison_holds_for_every_value(
    op: str, left: tuple[Bounds, float], right: tuple[Bounds, float]
) -> None:
    """What is always true is true, and what is never true is false, also for NaN."""
    (mine, value), (theirs, other) = left, right
    verdict = compared(op, mine, theirs)
    assert verdict is None or verdict is _COMPARISONS[op](value, other)


@pytest.mark.parametrize("op", _COMPARISONS)
@given(_NUMBERS | st.just(math.nan), bounded())
def test_what_a_comparison_leaves_is_within_its_bounds(op: str, value: float, right: tuple[Bounds, float]) -> None:
    """A filter never drops a value that its bounds exclude, and never keeps one that they do not hold."""
    limits, limit = right
    allowed = of_comparison(op, limits)
    if _COMPARISONS[op](value, limit):
        assert allowed is not None
        assert allowed.holds(value)


@given(bounded(), bounded())
def test_joined_bounds_hold_the_values_of_both(left: tuple[Bounds, float], right: tuple[Bounds, float]) -> None:
    """And common bounds hold a value that both hold."""
    (mine, value), (theirs, _) = left, right
    assert mine.hull(theirs).holds(value)
    assert theirs.hull(mine).holds(value)
    assert mine.negated().holds(-value)
    if theirs.holds(value) and not math.isnan(value):
        common = mine.overlap(theirs)
        assert common is not None
        assert common.holds(value)


@given(_NUMBERS | st.just(math.nan))
def test_bounds_of_one_value_hold_it(value: float) -> None:
    """A literal number is a value that is known, NaN too."""
    assert point(value).holds(value)
    assert ANY_VALUE.holds(value)
