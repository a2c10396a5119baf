"""Quotients of a part by the whole: of two sums or counts of one metric, of which one selects a part of the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.promql.syntax_tree import COMPARISONS, arguments, bare, matchers, metric, number, walk
from stackproof.model.monitoring import LabelMatcher

_GROWING = frozenset({"rate", "increase", "irate"})
_COUNTED = frozenset({"count", "group"})


@dataclass(frozen=True, slots=True)
class _Measured:
    """An expression as a factor of something measured.

    Attributes:
        factor: The factor.
        shape: The expression without the factor and without label matchers.
        selected: The label matchers of its only selector.
        filtered: Whether comparisons leave out series.
    """

    factor: float
    shape: str
    selected: frozenset[LabelMatcher]
    filtered: bool


def largest_share(dividend: Expr, divisor: Expr) -> float | None:
    """The largest value of a quotient, if the dividend counts or sums a part of what the divisor does.

    The values must not be negative: rates of counters, and counts.

    Returns:
        The quotient of the factors; None if it is not such a quotient.
    """
    part = _measured(dividend)
    if part is None or part.factor <= 0:
        return None
    for addend in _addends(divisor):
        whole = _measured(addend)
        if whole is None or whole.factor <= 0 or whole.shape != part.shape or not whole.selected <= part.selected:
            continue
        if not whole.filtered:
            return part.factor / whole.factor
    return None


def _addends(node: Expr) -> Iterator[Expr]:
    """The node; and if it is a sum of things that are not negative, each of them."""
    node = bare(node)
    yield node
    if isinstance(node, pp.BinaryExpr) and str(node.op) == "+" and node.modifier is None:
        sides = (bare(node.lhs), bare(node.rhs))
        if all(_measured(side) is not None or isinstance(side, pp.BinaryExpr) for side in sides):
            for side in sides:
                yield from _addends(side)


def _measured(node: Expr) -> _Measured | None:
    node = bare(node)
    if isinstance(node, pp.BinaryExpr) and str(node.op) in {"*", "/"}:
        return _scaled(node, _measured)
    if isinstance(node, pp.AggregateExpr) and str(node.op) in _COUNTED | {"sum"}:
        counted = str(node.op) in _COUNTED
        inner = _counted(node.expr) if counted else _measured(node.expr) or _left_over(node.expr)
        if inner is None:
            return None
        factor = 1.0 if counted else inner.factor
        return _Measured(factor, f"{node.op} {node.modifier} ({inner.shape})", inner.selected, inner.filtered)
    if isinstance(node, pp.Call) and node.func.name in _GROWING:
        ranged = bare(arguments(node)[0])
        if isinstance(ranged, pp.MatrixSelector) and _is_plain(ranged.vector_selector):
            shape = f"{node.func.name}({_shape(ranged.vector_selector)}[{ranged.range}])"
            return _Measured(1.0, shape, frozenset(matchers(ranged.vector_selector)), filtered=False)
    return None


def _scaled(node: pp.BinaryExpr, measured: Callable[[Expr], _Measured | None]) -> _Measured | None:
    """What is multiplied by a number, or divided by one."""
    left, right = number(node.lhs), number(node.rhs)
    if right is not None and right > 0:
        inner, factor = measured(node.lhs), right if str(node.op) == "*" else 1 / right
    elif left is not None and left > 0 and str(node.op) == "*":
        inner, factor = measured(node.rhs), left
    else:
        return None
    return inner and replace(inner, factor=inner.factor * factor)


def _counted(node: Expr) -> _Measured | None:
    """What a count counts: series, also those that comparisons with numbers leave."""
    node = bare(node)
    if isinstance(node, pp.VectorSelector) and _is_plain(node):
        return _Measured(1.0, _shape(node), frozenset(matchers(node)), filtered=False)
    if isinstance(node, pp.BinaryExpr) and str(node.op) in COMPARISONS:
        keeps = node.modifier is not None and node.modifier.return_bool
        inner = _counted(node.lhs) if number(node.rhs) is not None else None
        return inner and _Measured(1.0, inner.shape, inner.selected, inner.filtered or not keeps)
    return None


def _left_over(node: Expr) -> _Measured | None:
    """Series of which a comparison may leave some, with their values."""
    found = _counted(node)
    for visit in walk(node):
        each = visit.node
        if isinstance(each, pp.BinaryExpr) and each.modifier is not None and each.modifier.return_bool:
            return None
    return found


def self_quotient(dividend: Expr, divisor: Expr) -> float | None:
    """The quotient, if each series is divided by itself, because the divisor selects at least the same series.

    The sides must be matched by all labels. The quotient is NaN for 0.

    Returns:
        The quotient of the factors; None if it is not such a quotient.
    """
    part, whole = _series(dividend), _series(divisor)
    if part is None or whole is None or part.shape != whole.shape or not whole.selected <= part.selected:
        return None
    return part.factor / whole.factor


def _series(node: Expr) -> _Measured | None:
    """Single series, or their rates, times a factor."""
    node = bare(node)
    if isinstance(node, pp.BinaryExpr) and str(node.op) in {"*", "/"}:
        return _scaled(node, _series)
    if isinstance(node, pp.VectorSelector):
        return _counted(node)
    return _measured(node) if isinstance(node, pp.Call) else None


def _is_plain(selector: pp.VectorSelector) -> bool:
    """Whether a selector names a metric, and its matchers are no alternatives."""
    return metric(selector) is not None and not selector.matchers.or_matchers


def _shape(selector: pp.VectorSelector) -> str:
    return f"{metric(selector)} {selector.offset} {selector.at}"
