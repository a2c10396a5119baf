"""Edits one node of an expression's syntax tree."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.syntax_tree import parsed
from stackproof.model.monitoring import Rule

Proposals = Callable[[Expr], Iterable[str]]
"""Gives the texts of the nodes that may replace a node."""


def edits(rule: Rule, propose: Proposals) -> Iterator[RuleEdit]:
    """Every edit of a rule's expression that replaces one node."""
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
    """The nodes in the order in which ``transform`` visits them: children before their parents."""
    nodes: list[Expr] = []

    def met(node: Expr) -> None:
        nodes.append(node)

    pp.walk(tree, None, met)
    return nodes


def _edited(tree: Expr, place: int, text: str) -> str | None:
    """The expression with another node at that position; None if that is not PromQL."""
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
