"""A label that is no longer grouped or matched by; ``by`` in place of ``without``; matching on all labels."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.text import aggregate_text, grouping_word, modifier_text
from stackproof.alerts.mutants.edits.tree import edits
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.model.alerting import Rule


def grouping(rule: Rule) -> Iterator[RuleEdit]:
    """Edit the labels of each aggregation, and of each operator between two vectors."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    if isinstance(node, pp.AggregateExpr) and node.modifier is not None:
        labels = node.modifier.labels
        yield from (aggregate_text(node, labels=rest) for rest in _without_one(labels))
        if labels:
            yield aggregate_text(node, word="without" if grouping_word(node) == "by" else "by")
    elif isinstance(node, pp.BinaryExpr) and node.modifier is not None and node.modifier.matching is not None:
        matching = node.modifier.matching
        yield from (_matched(node, matching.type, rest) for rest in _without_one(matching.labels))
        yield f"{node.lhs.prettify()} {node.op} {node.rhs.prettify()}"


def _matched(node: pp.BinaryExpr, kind: pp.LabelModifierType, labels: list[str]) -> str:
    assert node.modifier is not None, "asked before"  # noqa: S101 - for the types
    modifier = pp.BinModifier(
        node.modifier.card,
        node.modifier.return_bool,
        pp.LabelModifier(kind, labels),
        node.modifier.group_labels,
    )
    return f"{node.lhs.prettify()} {node.op}{modifier_text(modifier)} {node.rhs.prettify()}"


def _without_one(labels: list[str]) -> Iterator[list[str]]:
    for missed in labels:
        yield [label for label in labels if label != missed]
