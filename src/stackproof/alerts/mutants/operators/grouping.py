"""Drops a label from a grouping or matching, swaps ``by`` and ``without``, or drops ``on`` and ``ignoring``."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.edits.promql_text import aggregate_text, grouping_keyword, modifier_text
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.model.monitoring import Rule


def grouping(rule: Rule) -> Iterator[RuleEdit]:
    """Edit the labels of each aggregation and of each operator between two vectors."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    if isinstance(node, pp.AggregateExpr) and node.modifier is not None:
        labels = node.modifier.labels
        yield from (aggregate_text(node, labels=rest) for rest in _without_one(labels))
        if labels:
            yield aggregate_text(node, keyword="without" if grouping_keyword(node) == "by" else "by")
    elif isinstance(node, pp.BinaryExpr) and node.modifier is not None and node.modifier.matching is not None:
        matching = node.modifier.matching
        yield from (_matched(node, matching.type, rest) for rest in _without_one(matching.labels))
        yield f"{node.lhs.prettify()} {node.op} {node.rhs.prettify()}"


def _matched(node: pp.BinaryExpr, kind: pp.LabelModifierType, labels: list[str]) -> str:
    assert node.modifier is not None, "the caller checks"  # noqa: S101 - for the types
    modifier = pp.BinModifier(
        node.modifier.card,
        node.modifier.return_bool,
        pp.LabelModifier(kind, labels),
        node.modifier.group_labels,
    )
    return f"{node.lhs.prettify()} {node.op}{modifier_text(modifier)} {node.rhs.prettify()}"


def _without_one(labels: list[str]) -> Iterator[list[str]]:
    for dropped in labels:
        yield [label for label in labels if label != dropped]
