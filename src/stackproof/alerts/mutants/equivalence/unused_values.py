"""Values that make no difference: right of ``and``, and under a count, only the existence of series matters."""

from collections.abc import Sequence
from itertools import pairwise

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.equivalence.changed_parts import ChangedPart
from stackproof.alerts.promql.syntax_tree import COMPARISONS, SET_OPERATORS, arguments

_ONE_EACH = frozenset({"avg", "count", "group", "max", "min", "stddev", "stdvar", "sum"})
"""Aggregations that give a series for each group, whatever the values."""

_SAME_SERIES = (
    frozenset({"avg_over_time", "count_over_time", "max_over_time", "min_over_time", "sum_over_time"}),
    frozenset({"rate", "increase"}),
)
"""Functions that give a series for the same ranges, whatever the values."""

_COUNTS = frozenset({"count", "group"})
_COUNTS_OVER_TIME = frozenset({"count_over_time", "present_over_time"})


def unused_value_reason(steps: Sequence[ChangedPart]) -> str:
    """Why another value at the edited node makes no difference; "" if it may make one.

    Args:
        steps: The nodes that contain the edit, from the root to the innermost.
    """
    reads = True
    for outer, inner in pairwise(steps):
        reads = _reads(outer.before, inner.place, reads=reads)
    return "" if reads or not _same_series(steps[-1].before, steps[-1].after) else "nothing reads that value"


def _reads(node: Expr, place: int, *, reads: bool) -> bool:
    """Whether the values of a node's child matter, given whether those of the node itself do."""
    if isinstance(node, pp.BinaryExpr):
        op = str(node.op)
        return op in COMPARISONS or (reads and not (op in SET_OPERATORS - {"or"} and place == 1))
    if isinstance(node, pp.AggregateExpr):
        return str(node.op) not in _ONE_EACH or (reads and str(node.op) not in _COUNTS)
    if isinstance(node, pp.Call):
        name = node.func.name
        sure = name == "vector" or name in _COUNTS_OVER_TIME or any(name in names for names in _SAME_SERIES)
        return not sure or (reads and name not in _COUNTS_OVER_TIME)
    return reads


def _same_series(before: Expr, after: Expr) -> bool:
    """Whether two nodes give the same series, though with other values."""
    if isinstance(before, pp.NumberLiteral):
        return isinstance(after, pp.NumberLiteral)
    if isinstance(before, pp.AggregateExpr) and isinstance(after, pp.AggregateExpr):
        same = before.expr.prettify() == after.expr.prettify() and str(before.modifier) == str(after.modifier)
        return same and {str(before.op), str(after.op)} <= _ONE_EACH
    if isinstance(before, pp.Call) and isinstance(after, pp.Call):
        old, new = ([each.prettify() for each in arguments(call)] for call in (before, after))
        return old == new and any({before.func.name, after.func.name} <= names for names in _SAME_SERIES)
    return False
