"""Small questions to a PromQL syntax tree; pure, and the same for rules and dashboards.

Source of the meaning of each part: https://prometheus.io/docs/prometheus/latest/querying/operators/ and
https://prometheus.io/docs/prometheus/latest/querying/functions/.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import promql_parser as pp
from promql_parser import Expr

from stackproof.model.alerting import LabelMatcher, MatchOp
from stackproof.model.promql_depth import is_too_deep

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
RATES = frozenset({"rate", "irate", "increase"})
"""Functions of counters: they expect a value that only grows, and falls to nothing at a restart."""

_MOST_LEVELS = 200  # far more than any person writes, and no danger to functions that call themselves
_NAME = "__name__"
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPS = {"=": MatchOp.EQUAL, "!=": MatchOp.NOT_EQUAL, "=~": MatchOp.REGEX, "!~": MatchOp.NOT_REGEX}
_MATCH_OPS = ((pp.MatchOp.Equal, "="), (pp.MatchOp.NotEqual, "!="), (pp.MatchOp.Re, "=~"), (pp.MatchOp.NotRe, "!~"))
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "^": operator.pow,
}


@dataclass(frozen=True, slots=True)
class Visit:
    """A part of an expression.

    Attributes:
        node: The part.
        parents: What it stands in, from the innermost to the whole.
    """

    node: Expr
    parents: tuple[Expr, ...]


@lru_cache(maxsize=8192)
def parsed(expr: str) -> Expr | None:
    """The syntax tree of an expression; None where it is no PromQL (the reading of its file tells so)."""
    if is_too_deep(expr):
        return None
    try:
        tree = pp.parse(expr)
    except ValueError:
        return None
    return tree if _depth(tree) <= _MOST_LEVELS else None


def _depth(tree: Expr) -> int:
    """Levels of a tree, counted without recursion: a sum of a thousand parts is as deep as it is long."""
    level, depth = [tree], 0
    while level and depth <= _MOST_LEVELS:
        level = [child for node in level for child in children(node)]
        depth += 1
    return depth


def arguments(call: pp.Call) -> tuple[Expr, ...]:
    """The arguments of a call."""
    return tuple(cast("list[Expr]", call.args))


def children(node: Expr) -> tuple[Expr, ...]:
    """The parts that a part is made of, from left to right."""
    if isinstance(node, pp.AggregateExpr):
        param = cast("Expr | None", node.param)
        return (node.expr,) if param is None else (param, node.expr)
    if isinstance(node, pp.BinaryExpr):
        return (node.lhs, node.rhs)
    if isinstance(node, pp.Call):
        return arguments(node)
    if isinstance(node, pp.MatrixSelector):
        return (node.vector_selector,)
    if isinstance(node, pp.ParenExpr | pp.UnaryExpr | pp.SubqueryExpr):
        return (node.expr,)
    return ()


def walk(node: Expr, parents: tuple[Expr, ...] = ()) -> Iterator[Visit]:
    """Visit an expression and all its parts, each before its own parts."""
    yield Visit(node, parents)
    for child in children(node):
        yield from walk(child, (node, *parents))


def selectors(node: Expr) -> Iterator[pp.VectorSelector]:
    """Every selection of series in an expression."""
    for visit in walk(node):
        if isinstance(visit.node, pp.VectorSelector):
            yield visit.node


def calls(node: Expr, names: frozenset[str] | None = None) -> Iterator[pp.Call]:
    """Every call in an expression, or of these functions."""
    for visit in walk(node):
        if isinstance(visit.node, pp.Call) and (names is None or visit.node.func.name in names):
            yield visit.node


def bare(node: Expr) -> Expr:
    """The part without the parentheses around it."""
    while isinstance(node, pp.ParenExpr):
        node = node.expr
    return node


def matchers(selector: pp.VectorSelector) -> tuple[LabelMatcher, ...]:
    """The conditions of a selection on labels; none where they are alternatives (``or`` between braces)."""
    if selector.matchers.or_matchers:
        return ()
    return tuple(_matcher(each) for each in selector.matchers.matchers if each.name != _NAME)


def _matcher(matcher: pp.Matcher) -> LabelMatcher:
    sign = next(text for op, text in _MATCH_OPS if matcher.op == op)
    return LabelMatcher(matcher.name, _OPS[sign], matcher.value)


def metric(selector: pp.VectorSelector) -> str | None:
    """The metric that a selection names, before its braces or in them; None where it names no single one."""
    if selector.name:
        return selector.name
    named = (each for each in selector.matchers.matchers if each.name == _NAME and each.op == pp.MatchOp.Equal)
    return next((each.value for each in named), None)


def metrics(node: Expr) -> frozenset[str]:
    """Every metric that an expression names."""
    return frozenset(name for name in map(metric, selectors(node)) if name)


def is_scalar(node: Expr) -> bool:
    """True where a part is one number without labels."""
    node = bare(node)
    if isinstance(node, pp.UnaryExpr):
        return is_scalar(node.expr)
    if isinstance(node, pp.BinaryExpr):
        return is_scalar(node.lhs) and is_scalar(node.rhs)
    if isinstance(node, pp.Call):
        return bool(node.func.return_type == pp.ValueType.Scalar)
    return isinstance(node, pp.NumberLiteral)


def number(node: Expr) -> float | None:
    """The number that a part always is, as ``14.4 * (1 - 0.999)``; None where it depends on samples or time."""
    node = bare(node)
    if isinstance(node, pp.NumberLiteral):
        return node.val
    if isinstance(node, pp.UnaryExpr):
        value = number(node.expr)
        return None if value is None else -value
    if isinstance(node, pp.BinaryExpr) and str(node.op) in _ARITHMETIC:
        left, right = number(node.lhs), number(node.rhs)
        if left is None or right is None:
            return None
        try:
            return _ARITHMETIC[str(node.op)](left, right)
        except (ZeroDivisionError, OverflowError, TypeError):
            return None
    return None


def aggregates(node: Expr, *names: str) -> bool:
    """True where a part is one of these aggregations, or any where none is named."""
    return isinstance(node, pp.AggregateExpr) and (not names or str(node.op) in names)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison with a number, the number on its right.

    Attributes:
        value: What is compared.
        op: How, as if the number stood on the right.
        bound: The number.
        node: The comparison itself.
    """

    value: Expr
    op: str
    bound: float
    node: pp.BinaryExpr


def comparison(node: Expr) -> Comparison | None:
    """A part as a filtering comparison with a number; None where it is none."""
    node = bare(node)
    if not isinstance(node, pp.BinaryExpr) or str(node.op) not in COMPARISONS:
        return None
    if node.modifier is not None and node.modifier.return_bool:
        return None
    op, left, right = str(node.op), number(node.lhs), number(node.rhs)
    if right is not None and left is None:
        return Comparison(bare(node.lhs), op, right, node)
    if left is not None and right is None:
        return Comparison(bare(node.rhs), _MIRRORED.get(op, op), left, node)
    return None


def conditions(node: Expr) -> Iterator[Comparison]:
    """The comparisons that decide whether an expression gives anything, however `and`, `or`, `unless` join them."""
    node = bare(node)
    found = comparison(node)
    if found is not None:
        yield found
    elif isinstance(node, pp.BinaryExpr) and str(node.op) in SET_OPERATORS:
        yield from conditions(node.lhs)
        if str(node.op) != "unless":
            yield from conditions(node.rhs)
    elif isinstance(node, pp.AggregateExpr):
        yield from conditions(node.expr)


def operators(node: Expr) -> frozenset[str]:
    """Every operator between two parts in an expression."""
    return frozenset(str(visit.node.op) for visit in walk(node) if isinstance(visit.node, pp.BinaryExpr))
