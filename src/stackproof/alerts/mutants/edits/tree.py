"""Edits an expression in one place of its syntax tree."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.tree import parsed
from stackproof.model.alerting import Rule

Proposals = Callable[[Expr], Iterable[str]]
"""Gives, for a node, the texts of those that may stand in its place."""


def edits(rule: Rule, propose: Proposals) -> Iterator[RuleEdit]:
    """Every edit of a rule's expression in which one node is another."""
    tree = parsed(rule.expr)
    if tree is None:
        return
    whole = tree.prettify()
    for place, node in enumerate(_nodes(tree)):
        for text in propose(node):
            expr = _edited(tree, place, text)
            if expr is not None and expr != whole:
                yield RuleEdit("expr", replace(rule, expr=expr))


def _nodes(tree: Expr) -> list[Expr]:
    """The nodes, children before their parents, in the order in which `transform` meets them."""
    nodes: list[Expr] = []

    def met(node: Expr) -> None:
        nodes.append(node)

    pp.walk(tree, None, met)
    return nodes


def _edited(tree: Expr, place: int, text: str) -> str | None:
    """The expression with another node in that place; None where that is no PromQL."""
    new = parsed(text)
    if new is None:
        return None
    met = -1

    def replaced(_node: Expr) -> Expr | None:
        nonlocal met
        met += 1
        return new if met == place else None

    expr = pp.transform(tree, None, replaced).prettify()
    return expr if parsed(expr) is not None else None
