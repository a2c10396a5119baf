"""Doubles or halves a threshold, moves it slightly, or changes its sign."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.edits.promql_text import binary_text, number_text
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.syntax_tree import COMPARISONS, number
from stackproof.model.monitoring import Rule

_SMALL = 10


def threshold(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each number in a comparison."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    if not isinstance(node, pp.BinaryExpr) or str(node.op) not in COMPARISONS:
        return
    left, right = number(node.lhs), number(node.rhs)
    if right is not None and left is None:
        yield from (binary_text(node, rhs=number_text(value)) for value in _others(right))
    elif left is not None and right is None:
        yield from (binary_text(node, lhs=number_text(value)) for value in _others(left))


def _others(value: float) -> tuple[float, ...]:
    if value == 0:
        return (1,)
    # A count has no value between 3 and 4.
    small = (value + 1, value - 1) if value.is_integer() and abs(value) < _SMALL else (value * 1.1, value * 0.9)
    return (value * 2, value / 2, *small, -value)
