"""Reads facts from a PromQL syntax tree, in the same way for rules and dashboards.

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

from stackproof.declare.prometheus.syntax import PromqlSyntaxError, parse_expression
from stackproof.model.monitoring import LabelMatcher, MatchOp

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
RATES = frozenset({"rate", "irate", "increase"})
"""Functions of counters: they expect a value that only grows, and restarts from zero."""

_MANY_EXPRESSIONS = 32_768  # of one run; each is looked at by many checks
_MAX_LEVELS = 200  # far more than people write, and safe for recursive functions
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
    """A node of an expression, with its position.

    Attributes:
        node: The node.
        parents: The nodes around it, from its parent to the root.
    """

    node: Expr
    parents: tuple[Expr, ...]


@lru_cache(maxsize=_MANY_EXPRESSIONS)
def parsed(expr: str) -> Expr | None:
    """The syntax tree of an expression; None if it is not PromQL, which reading its file reports."""
    try:
        tree = parse_expression(expr)
    except PromqlSyntaxError:
        return None
    return tree if _depth(tree) <= _MAX_LEVELS else None


def _depth(tree: Expr) -> int:
    """Levels of a tree, counted without recursion: a sum of a thousand terms has a thousand levels."""
    level, depth = [tree], 0
    while level and depth <= _MAX_LEVELS:
        level = [child for node in level for child in children(node)]
        depth += 1
    return depth


def arguments(call: pp.Call) -> tuple[Expr, ...]:
    """The arguments of a call."""
    return tuple(cast("list[Expr]", call.args))


def children(node: Expr) -> tuple[Expr, ...]:
    """The direct children of a node, from left to right."""
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


@lru_cache(maxsize=_MANY_EXPRESSIONS)
def walk(node: Expr) -> tuple[Visit, ...]:
    """A node and all nodes below it, parents first."""
    found: list[Visit] = []
    pending = [Visit(node, ())]
    while pending:
        visit = pending.pop()
        found.append(visit)
        parents = (visit.node, *visit.parents)
        pending += (Visit(child, parents) for child in reversed(children(visit.node)))
    return tuple(found)


def selectors(node: Expr) -> Iterator[pp.VectorSelector]:
    """Every selector of series in an expression."""
    for visit in walk(node):
        if isinstance(visit.node, pp.VectorSelector):
            yield visit.node


def calls(node: Expr, names: frozenset[str] | None = None) -> Iterator[pp.Call]:
    """Every function call in an expression, or every call of these functions."""
    for visit in walk(node):
        if isinstance(visit.node, pp.Call) and (names is None or visit.node.func.name in names):
            yield visit.node


def bare(node: Expr) -> Expr:
    """The node without the parentheses around it."""
    while isinstance(node, pp.ParenExpr):
        node = node.expr
    return node


@lru_cache(maxsize=_MANY_EXPRESSIONS)
def matchers(selector: pp.VectorSelector) -> tuple[LabelMatcher, ...]:
    """The label matchers of a selector; none if they are alternatives (``or`` inside the braces)."""
    if selector.matchers.or_matchers:
        return ()
    return tuple(_matcher(each) for each in selector.matchers.matchers if each.name != _NAME)


def _matcher(matcher: pp.Matcher) -> LabelMatcher:
    sign = next(text for op, text in _MATCH_OPS if matcher.op == op)
    return LabelMatcher(matcher.name, _OPS[sign], matcher.value)


def metric(selector: pp.VectorSelector) -> str | None:
    """The metric that a selector names, before or inside its braces; None if it does not name exactly one."""
    if selector.name:
        return selector.name
    named = (each for each in selector.matchers.matchers if each.name == _NAME and each.op == pp.MatchOp.Equal)
    return next((each.value for each in named), None)


def metrics(node: Expr) -> frozenset[str]:
    """Every metric that an expression names."""
    return frozenset(name for name in map(metric, selectors(node)) if name)


def is_scalar(node: Expr) -> bool:
    """Whether a node gives a single number without labels."""
    node = bare(node)
    if isinstance(node, pp.UnaryExpr):
        return is_scalar(node.expr)
    if isinstance(node, pp.BinaryExpr):
        return is_scalar(node.lhs) and is_scalar(node.rhs)
    if isinstance(node, pp.Call):
        return bool(node.func.return_type == pp.ValueType.Scalar)
    return isinstance(node, pp.NumberLiteral)


def number(node: Expr) -> float | None:
    """The constant value of a node such as ``14.4 * (1 - 0.999)``; None if it depends on samples or time."""
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
    """Whether a node is one of these aggregations, or any aggregation if none is named."""
    return isinstance(node, pp.AggregateExpr) and (not names or str(node.op) in names)


@dataclass(frozen=True, slots=True)
class NumberComparison:
    """A comparison with a number, normalised so that the number is on the right.

    Attributes:
        value: The compared node.
        op: The operator, with the number on the right.
        bound: The number.
        node: The original node.
    """

    value: Expr
    op: str
    bound: float
    node: pp.BinaryExpr


def comparison(node: Expr) -> NumberComparison | None:
    """A node as a filtering comparison with a number; None if it is not one."""
    node = bare(node)
    if not isinstance(node, pp.BinaryExpr) or str(node.op) not in COMPARISONS:
        return None
    if node.modifier is not None and node.modifier.return_bool:
        return None
    op, left, right = str(node.op), number(node.lhs), number(node.rhs)
    if right is not None and left is None:
        return NumberComparison(bare(node.lhs), op, right, node)
    if left is not None and right is None:
        return NumberComparison(bare(node.rhs), _MIRRORED.get(op, op), left, node)
    return None


def conditions(node: Expr) -> Iterator[NumberComparison]:
    """The comparisons that decide whether an expression gives a result, also below ``and``, ``or`` and ``unless``."""
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
    """Every binary operator in an expression."""
    return frozenset(str(visit.node.op) for visit in walk(node) if isinstance(visit.node, pp.BinaryExpr))
