"""Sides of an operator that have several series for one of the other side, which only ``group_left`` allows.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#many-to-one-and-one-to-many-vector-matches.
"""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.meaning.facts import Meaning, Remark, RemarkKind
from stackproof.alerts.meaning.labels import LabelSet
from stackproof.alerts.meaning.matching import Matching
from stackproof.alerts.promql.syntax_tree import matchers, metric
from stackproof.model.monitoring import LabelMatcher

# Labels of which a group that is a whole by other labels has one value.
_OF_WHOLES = frozenset({"job", "cluster", "namespace", "service", "env", "environment", "prometheus", "region", "node"})
# Labels of which a whole has several values.
_PARTS = frozenset(
    {"container", "mountpoint", "device", "cpu", "mode", "code", "status", "status_code", "method", "handler", "le"}
    | {"path", "route", "quantile", "phase", "state", "reason", "operation", "partition", "interface", "core", "disk"}
)


def many_to_one(node: pp.BinaryExpr, left: Meaning, right: Meaning, matching: Matching) -> Iterator[Remark]:
    """A side that has several series for each one of the other, because that aggregates the very same series."""
    if node.modifier is not None and node.modifier.card != pp.VectorMatchCardinality.OneToOne:
        return
    for many, one in ((left, right), (right, left)):
        shared = _metrics(many) & _metrics(one)
        same = _is_aggregated(one) and _selected(many) <= _selected(one)
        if shared and same and _has_several(many, matching) and not matching.may_repeat(one.facts.labels):
            detail = f"several series of {' and '.join(sorted(shared))} match one series of the other side"
            yield Remark(RemarkKind.MANY_WITHOUT_GROUP, node, detail)
            return
        label = _part_label(many.facts.labels, matching) if _is_aggregated(many) else ""
        if label and not one.facts.labels.can_have(label):
            detail = f"one side has a series for each {label}, and the other side has only one for all of them"
            yield Remark(RemarkKind.MANY_WITHOUT_GROUP, node, detail, label)
            return


def _part_label(labels: LabelSet, matching: Matching) -> str:
    """A label of parts of a whole, by which a side is grouped, but not matched; "" if there is none."""
    if labels.only is None:
        return ""
    matched = labels.only - matching.ignoring if matching.on is None else frozenset(matching.on)
    several = (name for name in labels.only - matched if len(labels.values.get(name, ())) != 1)
    parts = _PARTS | {"pod"} if matched <= _OF_WHOLES else _PARTS
    return next((name for name in sorted(several) if name in parts), "")


def _has_several(many: Meaning, matching: Matching) -> bool:
    """Whether a side has several series for each match: it is not aggregated, or by a label of the parts of a whole."""
    labels = many.facts.labels
    if not _is_aggregated(many):
        return matching.may_repeat(labels)
    if labels.only is None:
        return False
    matched = labels.only - matching.ignoring if matching.on is None else frozenset(matching.on)
    return bool(labels.only - matched - _OF_WHOLES)


def _metrics(meaning: Meaning) -> set[str]:
    named = (metric(each.node) for each in meaning.walk() if isinstance(each.node, pp.VectorSelector))
    return {name for name in named if name}


def _selected(meaning: Meaning) -> set[LabelMatcher]:
    """All matchers. Those that only the side with many series has may leave one of them for each match."""
    nodes = (each.node for each in meaning.walk())
    return {matcher for node in nodes if isinstance(node, pp.VectorSelector) for matcher in matchers(node)}


def _is_aggregated(meaning: Meaning) -> bool:
    return any(isinstance(each.node, pp.AggregateExpr) for each in meaning.walk())
