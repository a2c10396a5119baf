"""Which series of two sides match, and which labels their results have.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching.
"""

from dataclasses import dataclass

import promql_parser as pp

from stackproof.alerts.meaning.labels import LabelSet

METRIC_NAME = frozenset({"__name__"})
"""What is never compared."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Which labels two sides are matched by.

    Attributes:
        on: These only; None for all.
        ignoring: All but these.
    """

    on: tuple[str, ...] | None
    ignoring: frozenset[str]

    def conflict(self, left: LabelSet, right: LabelSet) -> str | None:
        """A label that keeps the two from matching."""
        return left.conflict(right, self.on, self.ignoring)

    def may_repeat(self, labels: LabelSet) -> bool:
        """Whether several series with such labels can have the same values of the matched labels."""
        if self.on is not None:
            return labels.only is None or not labels.only <= frozenset(self.on)
        return any(labels.can_have(name) for name in self.ignoring - METRIC_NAME)


def matching_of(node: pp.BinaryExpr) -> Matching:
    """How the sides of an operator are matched."""
    matching = node.modifier.matching if node.modifier else None
    if matching is None:
        return Matching(None, METRIC_NAME)
    if matching.type == pp.LabelModifierType.Include:
        return Matching(tuple(matching.labels), frozenset())
    return Matching(None, METRIC_NAME | frozenset(matching.labels))


def matched_labels(node: pp.BinaryExpr, left: LabelSet, right: LabelSet, matching: Matching) -> LabelSet:
    """The labels of the result."""
    modifier = node.modifier
    if modifier is not None and modifier.card == pp.VectorMatchCardinality.ManyToOne:
        return _grouped(left, right, modifier)
    if modifier is not None and modifier.card == pp.VectorMatchCardinality.OneToMany:
        return _grouped(right, left, modifier)
    both = left.both(right)
    return both.lacking(matching.ignoring - METRIC_NAME) if matching.on is None else both.limited(matching.on)


def _grouped(many: LabelSet, one: LabelSet, modifier: pp.BinModifier) -> LabelSet:
    """The labels of the "many" side, plus those that ``group_left`` or ``group_right`` copies from the other side."""
    names = tuple(modifier.group_labels or ())
    found = many.lacking(names).having(name for name in names if one.can_have(name))
    return found.with_sure(name for name in names if name in one.sure)


def difference(label: str, left: LabelSet, right: LabelSet) -> str:
    """In words, why a label keeps two sides from matching."""
    mine, theirs = left.values.get(label), right.values.get(label)
    if mine and theirs and left.can_have(label) and right.can_have(label):
        return f"the left side has {label}={_listed(mine)}, the right side has {label}={_listed(theirs)}"
    has, lacks = ("left", "right") if left.can_have(label) else ("right", "left")
    return f"the {has} side has the label {label}, the {lacks} side has not"


def _listed(values: frozenset[str]) -> str:
    return " or ".join(f'"{value}"' for value in sorted(values)[:3])
