"""Replaces an aggregation by another: ``sum`` by ``max``, ``max`` by ``min``, and so on."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.edits.promql_text import aggregate_text
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.model.monitoring import Rule

_OTHERS = {
    "sum": ("max", "avg"),
    "avg": ("max", "sum"),
    "max": ("min", "sum"),
    "min": ("max", "avg"),
    "count": ("sum",),
    "topk": ("bottomk",),
    "bottomk": ("topk",),
}


def aggregation(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each aggregation."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    if isinstance(node, pp.AggregateExpr):
        yield from (aggregate_text(node, op=op) for op in _OTHERS.get(str(node.op), ()))
