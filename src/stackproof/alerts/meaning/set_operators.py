"""What ``and``, ``or`` and ``unless`` give.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#logical-set-binary-operators.
"""

from dataclasses import replace

import promql_parser as pp

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, compared
from stackproof.alerts.meaning.facts import (
    NEVER,
    Facts,
    Meaning,
    Part,
    Presence,
    Remark,
    RemarkKind,
    ValueKind,
    absolute,
    merged,
)
from stackproof.alerts.meaning.matching import METRIC_NAME, Matching, difference
from stackproof.alerts.meaning.operators import MIRRORED, returns_bool
from stackproof.alerts.promql.syntax_tree import COMPARISONS


def either(left: Facts, right: Facts, matching: Matching) -> Facts:
    """``or``: the series of the right side show where the left side has none with the same labels."""
    added = tuple(part if _is_apart(part, left, matching) else _guarded(part) for part in right.parts)
    presence = max(left.presence, right.presence)
    if not left.parts:
        return replace(right, kind=ValueKind.VECTOR)
    return Facts(ValueKind.VECTOR, merged(left.parts + added), presence)


def _is_apart(part: Part, others: Facts, matching: Matching) -> bool:
    return all(matching.conflict(part.labels, other.labels) is not None for other in others.parts)


def _guarded(part: Part) -> Part:
    return replace(part, presence=Presence.DEPENDS)


def unless(node: pp.BinaryExpr, left: Meaning, right: Meaning, matching: Matching) -> tuple[Facts, tuple[Remark, ...]]:
    """``unless``: the series of the left side that match none of the right side."""
    mine, theirs = left.facts, right.facts
    if theirs.parts and mine.parts and all(_is_apart(part, theirs, matching) for part in mine.parts):
        label = matching.conflict(mine.parts[0].labels, theirs.parts[0].labels) or ""
        return mine, (Remark(RemarkKind.NO_EFFECT, node, f"no series have the same {label}", label),)
    if not theirs.parts:
        return mine, ()
    if mine.parts and all(_is_covered(part, right) for part in mine.parts):
        detail = "the right side of this unless has every series of the left side"
        return NEVER, (Remark(RemarkKind.CONTRADICTION, node, detail),)
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


def both(node: pp.BinaryExpr, left: Facts, right: Facts, matching: Matching) -> tuple[Facts, tuple[Remark, ...]]:
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
        return NEVER, (Remark(RemarkKind.CONTRADICTION, node, contradiction),)
    return NEVER, (never_match(node, label, left, right),)


def _overlap(part: Part, partners: list[Part], matching: Matching) -> Bounds | None:
    same = matching.on is None and matching.ignoring == METRIC_NAME and part.origin != "" and not part.now
    if same and all(other.origin == part.origin for other in partners):
        others = partners[0].bounds
        for other in partners[1:]:
            others = others.hull(other.bounds)
        return part.bounds.overlap(others)
    return part.bounds


def never_match(node: pp.BinaryExpr, label: str, left: Facts, right: Facts) -> Remark:
    """That two sides never match, because of a label."""
    return Remark(RemarkKind.NEVER_MATCH, node, difference(label, left.labels, right.labels), label)
