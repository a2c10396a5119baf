"""Rewrites a PromQL expression for a world that runs faster.

Every time in an expression is divided by the factor: ranges, offsets, and the range and step of subqueries. Values that
depend on them are adjusted, so that thresholds and recorded values keep their meaning:

==============================  ==========================================================================
``rate``, ``irate``             unchanged: the load is real, so a second has as many events as before
``increase(x[1h]) > 9``         ``(60 * increase(x[1m])) > 9``: a minute has a sixtieth of an hour's events
``predict_linear(x[1h], 7200)`` ``predict_linear(x[1m], 120)``
``deriv(x[1h])``                ``(deriv(x[1m]) / 60)``: a gauge goes through its states 60 times faster
``delta``, ``idelta``           unchanged, for the same reason
``*_over_time``, ``changes``,   unchanged: scrapes are faster too, so a window has as many samples
``resets``, ``absent_over_time``
``time() - x > 3600``           ``(60 * (time() - x)) > 3600``: an age of a minute stands for an hour
``x < time() - 3600``           ``x < time() - 60``
``hour()``, ``day_of_week()``   unchanged: the time of day is real
==============================  ==========================================================================

A ratio of rates is the same in both worlds, and with it error ratios, burn rates and quantiles.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import promql_parser
from promql_parser import BinaryExpr, Call, Expr, MatrixSelector, NumberLiteral, ParenExpr, SubqueryExpr, VectorSelector

from stackproof.alerts.promql.millisecond_durations import compressed_ms
from stackproof.alerts.promql.node_text import (
    conditions_text,
    matrix_text,
    parse_promql,
    selector_text,
    span_ms,
    subquery_text,
)
from stackproof.alerts.promql.syntax_tree import bare
from stackproof.model import DeclarationError, Location

_CALENDAR = frozenset(
    {"hour", "minute", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"}
)
_FIX_TIME = "compare ages: `time() - x > 3600` or `x < time() - 3600`"


def compress_promql(expr: str, factor: float, where: Location = Location(Path("expression"))) -> str:  # noqa: B008 - frozen
    """The expression for a world that runs ``factor`` times faster; unchanged if it contains no time.

    Raises:
        DeclarationError: It is not PromQL, a duration would be under a millisecond, or it has a fixed point in time.
    """
    tree = parse_promql(expr, where)
    changed = _Compression(factor, where).of(tree)
    return expr if changed == tree.prettify() else changed


@dataclass(slots=True)
class _Compression:
    """Rewrites one tree, from the leaves to the root.

    Attributes:
        factor: How many times faster.
        where: Where the expression is.
        clocks: Calls of ``time()`` that have been visited but not yet handled.
    """

    factor: float
    where: Location
    clocks: int = 0

    def of(self, tree: Expr) -> str:
        changed = promql_parser.transform(tree, None, self._node)
        if self.clocks:
            raise DeclarationError(
                "expected time() on one side of + or -, or in a calendar function, saw it elsewhere",
                where=self.where,
                fix=_FIX_TIME,
            )
        return changed.prettify()

    def _node(self, node: Expr) -> Expr | None:
        text = self._rewritten(node)
        return None if text is None else parse_promql(text, self.where)

    def _rewritten(self, node: Expr) -> str | None:
        if isinstance(node, VectorSelector):
            self._check_moment(node)
            return selector_text(node, conditions_text(node), self._span(span_ms(node.offset))) if node.offset else None
        if isinstance(node, MatrixSelector):  # its selector was visited before it, so its offset is divided already
            return matrix_text(node, self._span(span_ms(node.range)), span_ms(node.vector_selector.offset))
        if isinstance(node, SubqueryExpr):
            return self._subquery(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, BinaryExpr):
            return self._age(node)
        return _merged(node) if isinstance(node, ParenExpr) else None

    def _span(self, span: int) -> int:
        return compressed_ms(span, self.factor, self.where)

    def _check_moment(self, node: VectorSelector | SubqueryExpr) -> None:
        if node.at is not None and node.at.type == promql_parser.AtModifierType.At:
            raise DeclarationError(
                f"a fixed point in time (`@`) cannot be moved to another clock: {node.prettify()}",
                where=self.where,
                fix="use offset, or leave this rule out of the drill",
            )

    def _subquery(self, node: SubqueryExpr) -> str:
        self._check_moment(node)
        step = None if node.step is None else self._span(span_ms(node.step))
        return subquery_text(node, self._span(span_ms(node.range)), step, self._span(span_ms(node.offset)))

    def _call(self, node: Call) -> str | None:
        name = node.func.name
        if name == "time":
            self.clocks += 1
        elif name in _CALENDAR and node.args:
            self.clocks -= _is_clock(_unvectored(node.args[0]))
        elif name == "increase":
            return _scaled(node.prettify(), self.factor)
        elif name == "deriv":
            return _scaled(node.prettify(), 1 / self.factor)
        elif name == "predict_linear":
            return f"predict_linear({node.args[0].prettify()}, {self._seconds(node.args[1])})"
        return None

    def _age(self, node: BinaryExpr) -> str | None:
        """A difference between the clock and a timestamp, or the clock shifted by seconds."""
        op = str(node.op)
        if op not in {"+", "-"} or _is_clock(node.lhs) == _is_clock(node.rhs):
            return None
        self.clocks -= 1
        other = node.rhs if _is_clock(node.lhs) else node.lhs
        if _number(other) is None:
            return _scaled(f"({node.prettify()})", self.factor)
        if other is node.rhs or _is_clock(node.lhs):
            return f"{node.lhs.prettify()} {op} {self._seconds(node.rhs)}"
        return f"{self._seconds(node.lhs)} {op} {node.rhs.prettify()}"

    def _seconds(self, node: Expr) -> str:
        number = _number(node)
        if number is None:
            return f"({node.prettify()}) / {_written(self.factor)}"
        return _written(number / self.factor)


def _is_clock(node: Expr) -> bool:
    inner = bare(node)
    return isinstance(inner, Call) and inner.func.name == "time"


def _unvectored(node: Expr) -> Expr:
    """The argument of ``vector(...)``: calendar functions take vectors."""
    inner = bare(node)
    return inner.args[0] if isinstance(inner, Call) and inner.func.name == "vector" else inner


def _number(node: Expr) -> float | None:
    """The value of an expression of numbers; None if it is anything else."""
    inner = bare(node)
    if isinstance(inner, NumberLiteral):
        return inner.val
    if not isinstance(inner, BinaryExpr):
        return None
    left, right, op = _number(inner.lhs), _number(inner.rhs), str(inner.op)
    if left is None or right is None:
        return None
    if op == "/":
        return left / right if right else None
    return {"+": left + right, "-": left - right, "*": left * right}.get(op)


def _written(number: float) -> str:
    return f"{number:.15g}"


def _scaled(text: str, scale: float) -> str:
    """A value times a number, written as a division if that gives the rounder number."""
    if math.isclose(scale, 1):
        return text
    return f"({_written(scale)} * {text})" if scale >= 1 else f"({text} / {_written(1 / scale)})"


def _merged(node: ParenExpr) -> str | None:
    """Merges two scalings into one: a compressed expression may be compressed again, or back."""
    if isinstance(node.expr, ParenExpr):
        return node.expr.prettify()
    outer = _split(node)
    inner = None if outer is None else _split(outer[1])
    if outer is None or inner is None or not _is_scaled_by_us(inner[1]):
        return None
    return _scaled(inner[1].prettify(), outer[0] * inner[0])


def _split(node: Expr) -> tuple[float, Expr] | None:
    """The number and the value of ``(n * x)`` or ``(x / n)``."""
    inner = bare(node)
    if not isinstance(inner, BinaryExpr):
        return None
    if str(inner.op) == "*" and isinstance(inner.lhs, NumberLiteral):
        return inner.lhs.val, inner.rhs
    if str(inner.op) == "/" and isinstance(inner.rhs, NumberLiteral) and inner.rhs.val:
        return 1 / inner.rhs.val, inner.lhs
    return None


def _is_scaled_by_us(node: Expr) -> bool:
    inner = bare(node)
    if isinstance(inner, Call):
        return inner.func.name in {"increase", "deriv"}
    return isinstance(inner, BinaryExpr) and _is_clock(inner.lhs) != _is_clock(inner.rhs)
