"""Binary operators between two vectors: which series match, and what they give.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching.
"""

from collections.abc import Iterator
from dataclasses import replace

import promql_parser as pp

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, point
from stackproof.alerts.meaning.facts import (
    NEVER,
    Facts,
    Meaning,
    Part,
    Presence,
    Remark,
    RemarkKind,
    ValueKind,
    depending,
    merged,
)
from stackproof.alerts.meaning.labels import ANY, NONE
from stackproof.alerts.meaning.many_to_one import many_to_one
from stackproof.alerts.meaning.matching import Matching, matched_labels, matching_of
from stackproof.alerts.meaning.operators import (
    arithmetic,
    comparison_remarks,
    filtered,
    returns_bool,
    strongest,
    truth,
    verdict,
)
from stackproof.alerts.meaning.set_operators import both, either, never_match, unless
from stackproof.alerts.meaning.shares import largest_share, self_quotient
from stackproof.alerts.promql.syntax_tree import COMPARISONS, SET_OPERATORS


def joined(node: pp.BinaryExpr, left: Meaning, right: Meaning) -> tuple[Facts, tuple[Remark, ...]]:
    """An operator between two vectors."""
    op = str(node.op)
    matching = matching_of(node)
    if op == "or":
        return either(left.facts, right.facts, matching), ()
    if op == "unless":
        return unless(node, left, right, matching)
    if left.facts.never or right.facts.never:
        return NEVER, ()
    if node.modifier is not None and _fills(node.modifier):
        return Facts(ValueKind.VECTOR, (Part(ANY, ANY_VALUE, Presence.DEPENDS),), Presence.DEPENDS), ()
    if op in SET_OPERATORS:
        return both(node, left.facts, right.facts, matching)
    return _matched(node, left, right, matching)


def _fills(modifier: pp.BinModifier) -> bool:
    fill = modifier.fill_values
    return fill.lhs is not None or fill.rhs is not None


def _matched(
    node: pp.BinaryExpr, left: Meaning, right: Meaning, matching: Matching
) -> tuple[Facts, tuple[Remark, ...]]:
    """Arithmetic and comparisons between vectors."""
    op = str(node.op)
    pairs = list(_pairs(left.facts, right.facts, matching))
    if not pairs:
        label = matching.conflict(left.facts.parts[0].labels, right.facts.parts[0].labels) or ""
        return NEVER, (never_match(node, label, left.facts, right.facts),)
    remarks = [*_unmatched(node, left.facts, right.facts, pairs, matching), *many_to_one(node, left, right, matching)]
    share = _share(node, left, right)
    found: list[Part] = []
    verdicts = [verdict(op, mine, theirs) if op in COMPARISONS else None for mine, theirs in pairs]
    for (mine, theirs), is_true in zip(pairs, verdicts, strict=True):
        part = _result(node, mine, theirs, share, is_true)
        if part is not None:
            found.append(replace(part, labels=matched_labels(node, mine.labels, theirs.labels, matching)))
    if op in COMPARISONS:
        remarks += comparison_remarks(node, op, verdicts, left.facts, right.facts)
    facts = Facts(ValueKind.VECTOR, merged(found), strongest(tuple(found)))
    return (facts if len(facts.parts) == len(found) else depending(facts)), tuple(remarks)


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
