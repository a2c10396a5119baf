"""Bounds of sample values: closed intervals of floats, with the possibility of NaN.

Floats are ordered and rounding is monotone (IEEE 754, 4.3), so an operation on the ends of intervals gives bounds of
the rounded result. An open end is the next float. A negative zero counts as zero: ``1 / -0`` is not bounded correctly.
"""

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product

_INF = math.inf
_NORMAL = sys.float_info.min  # smaller numbers have fewer digits
_WHOLE = 2.0**53  # below it whole numbers are exact
_ROUNDING = 1e-9  # a mean of many samples can leave their bounds by rounding


@dataclass(frozen=True, slots=True)
class Bounds:
    """The values that samples can have.

    Attributes:
        low: The smallest value; ``-inf`` means that -Inf is possible too.
        high: The largest value; ``inf`` means that +Inf is possible too.
        nan: Whether NaN is possible as well.
    """

    low: float = -_INF
    high: float = _INF
    nan: bool = False

    def __str__(self) -> str:
        if self.low == self.high:
            return _plain(self.low)
        if self.low == -_INF and self.high == _INF:
            return "any value"
        low, high = _without_step(self.low, -_INF), _without_step(self.high, _INF)
        if low is None and high is None and self.low != -_INF and self.high != _INF:
            return f"{_plain(self.low)} to {_plain(self.high)}"
        least = f"at least {_plain(self.low)}" if low is None else f"above {_plain(low)}"
        most = f"at most {_plain(self.high)}" if high is None else f"below {_plain(high)}"
        return " and ".join(text for text, end in ((least, self.low), (most, self.high)) if math.isfinite(end))

    @property
    def known(self) -> bool:
        """Whether one end is known."""
        return self.low != -_INF or self.high != _INF

    def holds(self, value: float) -> bool:
        """Whether a sample can have this value."""
        return self.nan if math.isnan(value) else self.low <= value <= self.high

    def hull(self, other: "Bounds") -> "Bounds":
        """The smallest bounds with the values of both."""
        return Bounds(min(self.low, other.low), max(self.high, other.high), self.nan or other.nan)

    def overlap(self, other: "Bounds") -> "Bounds | None":
        """The values in both; None if there are none."""
        low, high, nan = max(self.low, other.low), min(self.high, other.high), self.nan and other.nan
        return Bounds(low, high, nan) if low <= high else None

    def combined(self, other: "Bounds", operation: Callable[[float, float], float]) -> "Bounds":
        """The results of a function that is monotone in each argument."""
        results = [operation(mine, theirs) for mine, theirs in product((self.low, self.high), (other.low, other.high))]
        return _around(results, nan=self.nan or other.nan)

    def mapped(self, function: Callable[[float], float]) -> "Bounds":
        """The results of a monotone function of one argument; NaN where it is not defined."""
        return _around([function(self.low), function(self.high)], nan=self.nan)

    def negated(self) -> "Bounds":
        """The values with the other sign."""
        return Bounds(-self.high, -self.low, self.nan)

    def plus(self, other: "Bounds") -> "Bounds":
        """The sums. ``Inf - Inf`` is NaN."""
        return self.combined(other, lambda mine, theirs: mine + theirs)

    def minus(self, other: "Bounds") -> "Bounds":
        """The differences."""
        return self.plus(other.negated())

    def times(self, other: "Bounds") -> "Bounds":
        """The products. Near ``0 * Inf`` every finite product of these signs is possible, and zero."""
        found = self.combined(other, lambda mine, theirs: mine * theirs)
        undefined = (self.holds(0.0) and other.has_infinity()) or (other.holds(0.0) and self.has_infinity())
        return replace(found.hull(Bounds(0.0, 0.0)), nan=True) if undefined else found

    def over(self, other: "Bounds") -> "Bounds":
        """The quotients. ``0 / 0`` is NaN, any other ``x / 0`` is infinite with the sign of x."""
        if other.low < 0 < other.high or other.high == 0:
            return Bounds(nan=True)
        undefined = (self.holds(0.0) and other.holds(0.0)) or (self.has_infinity() and other.has_infinity())
        found = self.combined(other, _quotient)
        return replace(found, nan=found.nan or undefined)

    def modulo(self, other: "Bounds") -> "Bounds":
        """The remainders, with the sign of the dividend (Go's ``math.Mod``)."""
        limit = max(abs(other.low), abs(other.high))
        nan = self.nan or other.nan or other.holds(0.0) or self.has_infinity()
        return Bounds(max(min(self.low, 0.0), -limit), min(max(self.high, 0.0), limit), nan)

    def power(self, other: "Bounds") -> "Bounds":
        """The powers, with room for rounding; without bounds if the base may be negative, or zero of either sign."""
        base = self if self.low >= _NORMAL else replace(self, low=min(self.low, 0.0))
        if base.low < 0 or (base.low == 0 and other.low < 0):
            return Bounds(nan=True)
        found = base.combined(other, _power)
        if not (found.low == found.high and found.low.is_integer() and found.low < _WHOLE):
            found = found.roughly()
        return found.hull(Bounds(1.0, 1.0)) if self.low <= 1 <= self.high else found

    def summed(self) -> "Bounds":
        """Sums of one or more of the values."""
        low = self.low if self.low >= 0 else -_INF
        high = self.high if self.high <= 0 else _INF
        return Bounds(low, high, self.nan or (self.low == -_INF and self.high == _INF))

    def averaged(self) -> "Bounds":
        """Means of the values, with room for rounding."""
        nan = self.nan or (self.low == -_INF and self.high == _INF)
        return replace(self.roughly(), nan=nan)

    def roughly(self) -> "Bounds":
        """The values with room for rounding: programs compute means, powers and logarithms in different ways."""
        return Bounds(_wider(self.low, -1), _wider(self.high, 1), self.nan)

    def has_infinity(self) -> bool:
        """Whether a value may be infinite."""
        return self.low == -_INF or self.high == _INF


def _plain(value: float) -> str:
    return f"{0.0 if abs(value) < 10 * _ROUNDING else value:.8g}"


def _without_step(end: float, towards: float) -> float | None:
    """The number that an open end was made from: the one before it; None if the end is closed."""
    if not math.isfinite(end) or end == 0:
        return None
    plain = float(_plain(math.nextafter(end, towards)))
    return plain if math.nextafter(plain, -towards) == end else None


def _around(results: Iterable[float], *, nan: bool) -> Bounds:
    """The bounds of results at the ends; an end without a result means that NaN is possible."""
    listed = list(results)
    found = [each for each in listed if not math.isnan(each)]
    if not found:
        return ANY_VALUE
    return Bounds(min(found), max(found), nan or len(found) < len(listed))


def _wider(end: float, sign: int) -> float:
    if 0 < abs(end) < _NORMAL:
        return 0.0 if sign * end < 0 else sign * _NORMAL
    return end + sign * _ROUNDING * abs(end) if math.isfinite(end) else end


def _quotient(dividend: float, divisor: float) -> float:
    if divisor == 0:
        return math.nan if dividend == 0 else math.copysign(_INF, dividend)
    return dividend / divisor


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return _INF
    except ValueError:  # 0 to a negative power
        return _INF


ANY_VALUE = Bounds(nan=True)
"""Every value, as a sample of an unknown series can have."""


def point(value: float) -> Bounds:
    """The bounds of one value."""
    return ANY_VALUE if math.isnan(value) else Bounds(value, value)


def of_comparison(op: str, limits: Bounds) -> Bounds | None:
    """The values for which ``value OP limit`` can be true for some limit within bounds; None if there are none.

    Args:
        op: PromQL's operator.
        limits: Bounds of the limit.
    """
    if op == "!=":
        return ANY_VALUE
    if op == "==":
        return Bounds(limits.low, limits.high)
    if op in {">", ">="}:
        low = math.nextafter(limits.low, _INF) if op == ">" and limits.low != -_INF else limits.low
        return None if op == ">" and limits.low == _INF else Bounds(low, _INF)
    high = math.nextafter(limits.high, -_INF) if op == "<" and limits.high != _INF else limits.high
    return None if op == "<" and limits.high == -_INF else Bounds(-_INF, high)


def compared(op: str, left: Bounds, right: Bounds) -> bool | None:
    """Whether ``left OP right`` is always true or never true; None if that depends on the values.

    A comparison with NaN is false, except ``!=``, which is then true.
    """
    nan = left.nan or right.nan
    if op == "!=":
        equal = compared("==", Bounds(left.low, left.high), Bounds(right.low, right.high))
        if equal is False:
            return True
        return False if equal is True and not nan else None
    low, high = (left, right) if op in {"<", "<="} else (right, left)
    if op == "==":
        if left.overlap(Bounds(right.low, right.high)) is None:
            return False
        same = left.low == left.high == right.low == right.high
        return True if same and not nan else None
    strict = op in {"<", ">"}
    if (low.low >= high.high) if strict else (low.low > high.high):
        return False
    always = (low.high < high.low) if strict else (low.high <= high.low)
    return True if always and not nan else None
