"""Another way to join two parts, or one of them alone."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.text import binary_text
from stackproof.alerts.mutants.edits.tree import edits
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.tree import SET_OPERATORS, number
from stackproof.model.alerting import Rule

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
    """Edit each operator that is no comparison."""
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
