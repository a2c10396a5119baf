"""Changes a number in arithmetic or an argument: a factor, a quantile, the horizon of a forecast."""

from collections.abc import Iterator
from typing import cast

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.edits.promql_text import aggregate_text, binary_text, call_text, number_text
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.syntax_tree import arguments, bare, number, parsed
from stackproof.model.monitoring import Rule, RuleKind

_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^"})
_QUANTILES = frozenset({"histogram_quantile", "quantile_over_time"})
_MEDIAN, _HIGH = 0.5, 0.9


def constant(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each number outside comparisons."""
    tree = parsed(rule.expr)
    if rule.kind is RuleKind.ALERT and tree is not None and _is_constant(tree):
        return  # `vector(1)` fires forever, whatever the number
    yield from edits(rule, _proposals)


def _is_constant(node: Expr) -> bool:
    inner = bare(node)
    return isinstance(inner, pp.Call) and inner.func.name == "vector" and number(arguments(inner)[0]) is not None


def _proposals(node: Expr) -> Iterator[str]:
    if isinstance(node, pp.BinaryExpr) and str(node.op) in _ARITHMETIC:
        yield from _operand(node)
    elif isinstance(node, pp.AggregateExpr) and node.param is not None:
        yield from _parameter(node)
    elif isinstance(node, pp.Call):
        yield from _argument(node)


def _operand(node: pp.BinaryExpr) -> Iterator[str]:
    left, right = number(node.lhs), number(node.rhs)
    if left is not None and right is None:
        yield binary_text(node, lhs=number_text(left * 2 or 1))
    elif right is not None and left is None:
        yield binary_text(node, rhs=number_text(right * 2 or 1))


def _parameter(node: pp.AggregateExpr) -> Iterator[str]:
    value = number(cast("Expr", node.param))
    if value is not None:
        other = _quantile(value) if str(node.op) == "quantile" else value * 2
        yield aggregate_text(node, param=number_text(other))


def _argument(node: pp.Call) -> Iterator[str]:
    given = arguments(node)
    for place, each in enumerate(given):
        value = number(each)
        if value is not None:
            other = _quantile(value) if node.func.name in _QUANTILES else value * 2 or 1
            texts = [number_text(other) if at == place else other_arg.prettify() for at, other_arg in enumerate(given)]
            yield call_text(node.func.name, texts)


def _quantile(value: float) -> float:
    return _HIGH if value == _MEDIAN else _MEDIAN
