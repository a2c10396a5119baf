"""Replaces a set or arithmetic operator by another, or keeps one of its sides only."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.edits.promql_text import binary_text
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.syntax_tree import SET_OPERATORS, number
from stackproof.model.monitoring import Rule

_OTHERS = {
    "and": ("or", "unless"),
    "or": ("and",),
    "unless": ("and",),
    "+": ("-",),
    "-": ("+",),
    "*": ("/",),
    "/": ("*",),
}


def connective(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each binary operator except comparisons."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    if not isinstance(node, pp.BinaryExpr) or number(node) is not None:
        return
    op = str(node.op)
    yield from (f"({binary_text(node, op=other)})" for other in _OTHERS.get(op, ()))
    if op in SET_OPERATORS:
        yield node.lhs.prettify()
        if op != "unless":
            yield node.rhs.prettify()
