"""Binary operators between two vectors: which series match, and what they give.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import promql_parser as pp

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, compared, point
from stackproof.alerts.meaning.facts import Facts, Meaning, Part, Presence, Remark, RemarkKind, ValueKind, absolute
from stackproof.alerts.meaning.labels import ANY, NONE, LabelSet
from stackproof.alerts.meaning.operators import (
    MIRRORED,
    arithmetic,
    comparison_remarks,
    filtered,
    returns_bool,
    strongest,
    truth,
    verdict,
)
from stackproof.alerts.meaning.shares import largest_share, self_quotient
from stackproof.alerts.promql.syntax_tree import COMPARISONS, SET_OPERATORS, matchers, metric
from stackproof.model.monitoring import LabelMatcher

_NAME = frozenset({"__name__"})
_MAX_PARTS = 12
# Labels of which a group that is a whole by other labels has one value.
_OF_WHOLES = frozenset({"job", "cluster", "namespace", "service", "env", "environment", "prometheus", "region", "node"})


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
        return any(labels.can_have(name) for name in self.ignoring - _NAME)


def matching_of(node: pp.BinaryExpr) -> Matching:
    """How the sides of an operator are matched."""
    matching = node.modifier.matching if node.modifier else None
    if matching is None:
        return Matching(None, _NAME)
    if matching.type == pp.LabelModifierType.Include:
        return Matching(tuple(matching.labels), frozenset())
    return Matching(None, _NAME | frozenset(matching.labels))


# Labels of which a whole has several values.
_PARTS = frozenset(
    {
        *(
            "container",
            "mountpoint",
            "device",
            "cpu",
            "mode",
            "code",
            "status",
            "status_code",
            "method",
            "handler",
            "le",
        ),
        *(
            "path",
            "route",
            "quantile",
            "phase",
            "state",
            "reason",
            "operation",
            "partition",
            "interface",
            "core",
            "disk",
        ),
    }
)


def joined(node: pp.BinaryExpr, left: Meaning, right: Meaning) -> tuple[Facts, tuple[Remark, ...]]:
    """An operator between two vectors."""
    op = str(node.op)
    matching = matching_of(node)
    if op == "or":
        return _either(left.facts, right.facts, matching), ()
    if op == "unless":
        return _unless(node, left, right, matching)
    if left.facts.never or right.facts.never:
        return _never(), ()
    if node.modifier is not None and _fills(node.modifier):
        return Facts(ValueKind.VECTOR, (Part(ANY, ANY_VALUE, Presence.DEPENDS),), Presence.DEPENDS), ()
    if op in SET_OPERATORS:
        return _both(node, left.facts, right.facts, matching)
    return _matched(node, left, right, matching)


def _fills(modifier: pp.BinModifier) -> bool:
    fill = modifier.fill_values
    return fill.lhs is not None or fill.rhs is not None


def _never() -> Facts:
    return Facts(ValueKind.VECTOR, (), Presence.DEPENDS)


def _either(left: Facts, right: Facts, matching: Matching) -> Facts:
    """``or``: the series of the right side show where the left side has none with the same labels."""
    added = tuple(part if _is_apart(part, left, matching) else _guarded(part) for part in right.parts)
    presence = max(left.presence, right.presence)
    if not left.parts:
        return replace(right, kind=ValueKind.VECTOR)
    parts = left.parts + added
    if len(parts) > _MAX_PARTS:
        facts = Facts(ValueKind.VECTOR, parts, presence)
        least = min(part.presence for part in parts)
        parts = (Part(facts.labels, facts.bounds or ANY_VALUE, least, facts.unit),)
    return Facts(ValueKind.VECTOR, parts, presence)


def _is_apart(part: Part, others: Facts, matching: Matching) -> bool:
    return all(matching.conflict(part.labels, other.labels) is not None for other in others.parts)


def _guarded(part: Part) -> Part:
    return replace(part, presence=Presence.DEPENDS)


def _unless(node: pp.BinaryExpr, left: Meaning, right: Meaning, matching: Matching) -> tuple[Facts, tuple[Remark, ...]]:
    mine, theirs = left.facts, right.facts
    if theirs.parts and mine.parts and all(_is_apart(part, theirs, matching) for part in mine.parts):
        label = matching.conflict(mine.parts[0].labels, theirs.parts[0].labels) or ""
        return mine, (Remark(RemarkKind.NO_EFFECT, node, f"no series have the same {label}", label),)
    if not theirs.parts:
        return mine, ()
    if mine.parts and all(_is_covered(part, right) for part in mine.parts):
        detail = "the right side of this unless has every series of the left side"
        return _never(), (Remark(RemarkKind.CONTRADICTION, node, detail),)
    parts = tuple(_guarded(part) for part in mine.parts)
    return Facts(ValueKind.VECTOR, parts, Presence.DEPENDS), ()


def _is_covered(part: Part, other: Meaning) -> bool:
    """Whether a side has each series of a part: it is the same expression, maybe with a weaker limit."""
    limit = _limited(other)
    value, op, bounds = limit or (other, "", ANY_VALUE)
    if len(value.facts.parts) != 1 or value.facts.presence is not Presence.GIVEN:
        return False
    (same,) = value.facts.parts
    if same.origin != part.origin or not part.origin or part.now or same.labels != part.labels:
        return False
    return limit is None or compared(op, part.bounds, bounds) is True


def _limited(meaning: Meaning) -> tuple[Meaning, str, Bounds] | None:
    """A comparison with a scalar that filters: the value, the operator and the bounds of the scalar."""
    node = meaning.node
    if not isinstance(node, pp.BinaryExpr) or str(node.op) not in COMPARISONS or returns_bool(node):
        return None
    left, right = meaning.inputs
    op = str(node.op)
    if right.facts.kind is ValueKind.SCALAR:
        return left, op, absolute(right.facts.parts[0])
    if left.facts.kind is ValueKind.SCALAR:
        return right, MIRRORED.get(op, op), absolute(left.facts.parts[0])
    return None


def _both(node: pp.BinaryExpr, left: Facts, right: Facts, matching: Matching) -> tuple[Facts, tuple[Remark, ...]]:
    """``and``: what is left of the left side, with the bounds that follow if both sides have the same values."""
    kept: list[Part] = []
    label, contradiction = "", ""
    for part in left.parts:
        partners = []
        for other in right.parts:
            conflict = matching.conflict(part.labels, other.labels)
            label = label or conflict or ""
            if conflict is None:
                partners.append(other)
        if not partners:
            continue
        bounds = _overlap(part, partners, matching)
        if bounds is None:
            contradiction = contradiction or f"no value is in both ranges: {part.bounds}; {partners[0].bounds}"
            continue
        kept.append(replace(part, bounds=bounds, presence=Presence.DEPENDS))
    if kept:
        return Facts(ValueKind.VECTOR, tuple(kept), Presence.DEPENDS), ()
    if contradiction:
        return _never(), (Remark(RemarkKind.CONTRADICTION, node, contradiction),)
    return _never(), (_never_match(node, label, left, right),)


def _overlap(part: Part, partners: list[Part], matching: Matching) -> Bounds | None:
    same = matching.on is None and matching.ignoring == _NAME and part.origin != "" and not part.now
    if same and all(other.origin == part.origin for other in partners):
        others = partners[0].bounds
        for other in partners[1:]:
            others = others.hull(other.bounds)
        return part.bounds.overlap(others)
    return part.bounds


def _never_match(node: pp.BinaryExpr, label: str, left: Facts, right: Facts) -> Remark:
    return Remark(RemarkKind.NEVER_MATCH, node, _difference(label, left.labels, right.labels), label)


def _difference(label: str, left: LabelSet, right: LabelSet) -> str:
    """In words, why a label keeps two sides from matching."""
    mine, theirs = left.values.get(label), right.values.get(label)
    if mine and theirs and left.can_have(label) and right.can_have(label):
        return f"the left side has {label}={_listed(mine)}, the right side has {label}={_listed(theirs)}"
    has, lacks = ("left", "right") if left.can_have(label) else ("right", "left")
    return f"the {has} side has the label {label}, the {lacks} side has not"


def _listed(values: frozenset[str]) -> str:
    return " or ".join(f'"{value}"' for value in sorted(values)[:3])


def _matched(
    node: pp.BinaryExpr, left: Meaning, right: Meaning, matching: Matching
) -> tuple[Facts, tuple[Remark, ...]]:
    """Arithmetic and comparisons between vectors."""
    op = str(node.op)
    pairs = list(_pairs(left.facts, right.facts, matching))
    if not pairs:
        label = matching.conflict(left.facts.parts[0].labels, right.facts.parts[0].labels) or ""
        return _never(), (_never_match(node, label, left.facts, right.facts),)
    remarks = [*_unmatched(node, left.facts, right.facts, pairs, matching), *_many(node, left, right, matching)]
    share = _share(node, left, right)
    found: list[Part] = []
    verdicts = [verdict(op, mine, theirs) if op in COMPARISONS else None for mine, theirs in pairs]
    for (mine, theirs), is_true in zip(pairs, verdicts, strict=True):
        part = _result(node, mine, theirs, share, is_true)
        if part is not None:
            found.append(replace(part, labels=_labels(node, mine.labels, theirs.labels, matching)))
    if op in COMPARISONS:
        remarks += comparison_remarks(node, op, verdicts, left.facts, right.facts)
    facts = Facts(ValueKind.VECTOR, tuple(found[:1] if len(found) > _MAX_PARTS else found), strongest(tuple(found)))
    return (_merged(found) if len(found) > _MAX_PARTS else facts), tuple(remarks)


def _share(node: pp.BinaryExpr, left: Meaning, right: Meaning) -> Bounds | None:
    """The bounds of a quotient of a part by the whole, or of each series by itself."""
    if str(node.op) != "/":
        return None
    if node.modifier is None or node.modifier.matching is None:
        same = self_quotient(left.node, right.node)
        if same is not None:
            return replace(point(same) if same == 1 else point(same).averaged(), nan=True)
    share = largest_share(left.node, right.node)
    values = [part.bounds for side in (left, right) for part in side.facts.parts]
    if share is None or any(bounds.low < 0 for bounds in values):
        return None
    return Bounds(0.0, share, nan=True)


def _merged(parts: list[Part]) -> Facts:
    facts = Facts(ValueKind.VECTOR, tuple(parts), Presence.DEPENDS)
    part = Part(facts.labels, facts.bounds or ANY_VALUE, Presence.DEPENDS, facts.unit)
    return Facts(ValueKind.VECTOR, (part,), Presence.DEPENDS)


def _pairs(left: Facts, right: Facts, matching: Matching) -> Iterator[tuple[Part, Part]]:
    for mine in left.parts:
        for theirs in right.parts:
            if matching.conflict(mine.labels, theirs.labels) is None:
                yield mine, theirs


def _unmatched(
    node: pp.BinaryExpr, left: Facts, right: Facts, pairs: list[tuple[Part, Part]], matching: Matching
) -> Iterator[Remark]:
    """Parts of an ``or`` of one side that match nothing of the other: a fallback that never helps."""
    paired = {id(part) for pair in pairs for part in pair}
    for side, other in ((left, right), (right, left)):
        for part in side.parts[1:]:
            if id(part) not in paired:
                label = matching.conflict(part.labels, other.parts[0].labels) or ""
                detail = f"the other side has the label {label}, the part after `or` has not"
                yield Remark(RemarkKind.FALLBACK_NEVER_MATCHES, node, detail, label)


def _many(node: pp.BinaryExpr, left: Meaning, right: Meaning, matching: Matching) -> Iterator[Remark]:
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


def _result(node: pp.BinaryExpr, left: Part, right: Part, share: Bounds | None, is_true: bool | None) -> Part | None:  # noqa: FBT001 - a verdict
    """What two matching parts give; None if that is never anything."""
    op = str(node.op)
    both_sure = left.presence is right.presence is Presence.SURE and left.labels == right.labels == NONE
    presence = Presence.SURE if both_sure else min(left.presence, right.presence, Presence.GIVEN)
    if op in COMPARISONS:
        if returns_bool(node):
            return replace(left, bounds=truth(op, left, right), unit=None, now=0.0, presence=presence, origin="")
        if is_true is False:
            return None
        found = filtered(left, op, right, is_true)
        return replace(found, presence=presence if is_true else Presence.DEPENDS)
    part = arithmetic(node, left, right)
    if share is not None and not part.now:
        part = replace(part, bounds=part.bounds.overlap(share) or part.bounds)
    return replace(part, presence=presence)


def _labels(node: pp.BinaryExpr, left: LabelSet, right: LabelSet, matching: Matching) -> LabelSet:
    """The labels of the result."""
    modifier = node.modifier
    if modifier is not None and modifier.card == pp.VectorMatchCardinality.ManyToOne:
        return _grouped(left, right, modifier)
    if modifier is not None and modifier.card == pp.VectorMatchCardinality.OneToMany:
        return _grouped(right, left, modifier)
    both = left.both(right)
    return both.lacking(matching.ignoring - _NAME) if matching.on is None else both.limited(matching.on)


def _grouped(many: LabelSet, one: LabelSet, modifier: pp.BinModifier) -> LabelSet:
    """The labels of the "many" side, plus those that ``group_left`` or ``group_right`` copies from the other side."""
    names = tuple(modifier.group_labels or ())
    found = many.lacking(names).having(name for name in names if one.can_have(name))
    return found.with_sure(name for name in names if name in one.sure)
