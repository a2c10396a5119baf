"""Reverses a comparison, moves its boundary, or leaves only the boundary: ``>`` to ``<``, ``>=`` and ``==``."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.edits.promql_text import binary_text
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.model.monitoring import Rule

_OTHERS = {
    ">": (">=", "<", "=="),
    ">=": (">", "<", "=="),
    "<": ("<=", ">", "=="),
    "<=": ("<", ">", "=="),
    "==": ("!=",),
    "!=": ("==",),
}


def comparison(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each comparison."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    if isinstance(node, pp.BinaryExpr):
        yield from (binary_text(node, op=op) for op in _OTHERS.get(str(node.op), ()))
