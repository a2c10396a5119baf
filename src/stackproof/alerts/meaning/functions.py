"""What PromQL's functions make of bounds and units.

Source: https://prometheus.io/docs/prometheus/latest/querying/functions/ and
https://github.com/prometheus/prometheus/blob/main/promql/functions.go.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, point
from stackproof.alerts.meaning.unit import SECONDS, THINGS, UNIX_TIME, Unit

_INF = math.inf
_POSITIVE = Bounds(0.0, _INF)
_FRACTION = Bounds(-1.0, 1.0)

SAME = frozenset({"sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join", "info"})
"""Functions that keep values, units and Unix times."""

OVER_TIME = frozenset({"min_over_time", "max_over_time", "last_over_time", "first_over_time"})
"""Functions of ranges that give one of the samples."""

FIXED: Mapping[str, Bounds] = {
    "day_of_month": Bounds(1, 31),
    "day_of_week": Bounds(0, 6),
    "day_of_year": Bounds(1, 366),
    "days_in_month": Bounds(28, 31),
    "hour": Bounds(0, 23),
    "minute": Bounds(0, 59),
    "month": Bounds(1, 12),
}
"""Functions of a Unix time."""

RESULTS: Mapping[str, Bounds] = {
    **FIXED,
    "changes": _POSITIVE,
    "resets": _POSITIVE,
    "count_over_time": Bounds(1, _INF),
    "present_over_time": point(1),
    "group_over_time": point(1),
    "stddev_over_time": Bounds(0, _INF, nan=True),
    "mad_over_time": Bounds(0, _INF, nan=True),
    "histogram_count": Bounds(0, _INF, nan=True),
    "histogram_stddev": Bounds(0, _INF, nan=True),
    "sin": replace(_FRACTION, nan=True),
    "cos": replace(_FRACTION, nan=True),
    "tanh": replace(_FRACTION, nan=True),
    "atan": Bounds(-1.58, 1.58, nan=True),
    "pi": point(math.pi),
}
"""Functions whose results have bounds of their own, whatever they are given."""

_COUNTING = frozenset({"changes", "resets", "count_over_time", "histogram_count"})
_DERIVED = frozenset({"rate", "irate", "deriv"})
_KEEP_UNIT = (
    SAME
    | OVER_TIME
    | {
        *("increase", "delta", "idelta", "predict_linear", "holt_winters", "double_exponential_smoothing"),
        *("avg_over_time", "sum_over_time", "quantile_over_time", "stddev_over_time", "mad_over_time"),
        *("abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max", "scalar", "vector"),
    }
)


def unit_after(function: str, unit: Unit | None) -> Unit | None:
    """The unit of a function's result."""
    if function in _COUNTING:
        return THINGS
    if function == "timestamp":
        return UNIX_TIME
    if unit is None:
        return None
    if function in _DERIVED:
        return unit.over(SECONDS)
    return unit if function in _KEEP_UNIT else None


def bounds_after(function: str, given: Bounds, numbers: tuple[float | None, ...]) -> Bounds:
    """The bounds of a function's result.

    Args:
        function: Its name.
        given: The bounds of its vector.
        numbers: Its arguments; None for those that are not constant numbers.
    """
    if function in RESULTS:
        return RESULTS[function]
    if function in SAME | OVER_TIME:
        return given
    transfer = _TRANSFER.get(function)
    return transfer(given, numbers) if transfer else ANY_VALUE


def _growth(given: Bounds, _: tuple[float | None, ...]) -> Bounds:
    """A counter's growth is not negative: a drop counts as a restart from zero, but a drop after a NaN does not."""
    return Bounds(0.0, _INF) if given.low >= 0 and not given.nan else ANY_VALUE


def _absolute(given: Bounds, _: tuple[float | None, ...]) -> Bounds:
    if given.low >= 0:
        return given
    if given.high <= 0:
        return given.negated()
    return Bounds(0.0, max(-given.low, given.high), given.nan)


def _clamped(given: Bounds, low: float | None, high: float | None) -> Bounds:
    least = given.low if low is None else min(max(given.low, low), _INF if high is None else high)
    most = given.high if high is None else max(min(given.high, high), -_INF if low is None else low)
    if low is not None and given.high < low:
        most = low
    if high is not None and given.low > high:
        least = high
    return Bounds(min(least, most), max(least, most), given.nan)


def _clamp(given: Bounds, numbers: tuple[float | None, ...]) -> Bounds:
    low, high = numbers[1], numbers[2]
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ANY_VALUE
    return _clamped(given, low, high)


def _clamp_min(given: Bounds, numbers: tuple[float | None, ...]) -> Bounds:
    low = numbers[1]
    return ANY_VALUE if low is None or math.isnan(low) else _clamped(given, low, None)


def _clamp_max(given: Bounds, numbers: tuple[float | None, ...]) -> Bounds:
    high = numbers[1]
    return ANY_VALUE if high is None or math.isnan(high) else _clamped(given, None, high)


def _rounded(given: Bounds, numbers: tuple[float | None, ...]) -> Bounds:
    to = numbers[1] if len(numbers) > 1 else 1.0
    if to is None or not to > 0 or math.isinf(to):
        return ANY_VALUE
    return Bounds(given.low - to, given.high + to, given.nan) if to != 1 else given.mapped(_nearest)


def _nearest(value: float) -> float:
    return value if math.isinf(value) else math.floor(value + 0.5)


def _whole(function: Callable[[float], int]) -> Callable[[Bounds, tuple[float | None, ...]], Bounds]:
    return lambda given, _: given.mapped(lambda value: value if math.isinf(value) else float(function(value)))


def _from_zero(
    function: Callable[[float], float], at_zero: float
) -> Callable[[Bounds, tuple[float | None, ...]], Bounds]:
    """A function that is not defined below zero."""

    def transfer(given: Bounds, _: tuple[float | None, ...]) -> Bounds:
        if given.high < 0:
            return ANY_VALUE
        inside = Bounds(max(given.low, 0.0), given.high, given.nan or given.low < 0)
        found = inside.mapped(lambda value: at_zero if value == 0 else value if math.isinf(value) else function(value))
        return found.roughly()

    return transfer


def quantile_bounds(given: Bounds, quantile: float | None) -> Bounds:
    """The bounds of a quantile; one that is not between 0 and 1 is infinite.

    It is a weighted mean of two values. The weight may be 0, so an infinite value may give NaN.

    Args:
        given: The bounds of the values.
        quantile: Which quantile; None if it is not known.
    """
    if quantile is None or math.isnan(quantile):
        return ANY_VALUE
    if 0 <= quantile <= 1:
        return replace(given.averaged(), nan=given.nan or given.has_infinity())
    return point(_INF if quantile > 1 else -_INF)


def _quantile(given: Bounds, numbers: tuple[float | None, ...]) -> Bounds:
    return quantile_bounds(given, numbers[0])


def _exponential(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return _INF


_TRANSFER: Mapping[str, Callable[[Bounds, tuple[float | None, ...]], Bounds]] = {
    "rate": _growth,
    "irate": _growth,
    "increase": _growth,
    "abs": _absolute,
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "round": _rounded,
    "clamp": _clamp,
    "clamp_min": _clamp_min,
    "clamp_max": _clamp_max,
    "sqrt": _from_zero(math.sqrt, 0.0),
    "ln": _from_zero(math.log, -_INF),
    "log2": _from_zero(math.log2, -_INF),
    "log10": _from_zero(math.log10, -_INF),
    "exp": lambda given, _: given.mapped(_exponential).roughly(),
    "sgn": lambda given, _: given.mapped(lambda value: (value > 0) - (value < 0)),
    "avg_over_time": lambda given, _: given.averaged(),
    "sum_over_time": lambda given, _: given.summed(),
    "quantile_over_time": _quantile,
}
