"""Why the condition of an alert has no effect: an open side of an ``or``, or a comparison with ``bool``."""

from dataclasses import dataclass, replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.finding import Confidence
from stackproof.alerts.meaning.conditions import covering, has_condition, is_bool, is_comparison, is_operator
from stackproof.alerts.meaning.existence import by_existence
from stackproof.alerts.meaning.facts import Meaning, Presence
from stackproof.alerts.meaning.readings import Reading

_OR = frozenset({"or"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a condition of an alert has no effect.

    Attributes:
        node: The node at fault.
        reason: Why.
        fix: How to fix it.
        confidence: How sure it is.
        is_whole: Whether the alert always fires; else only one of its conditions has no effect.
    """

    node: Expr
    reason: str
    fix: str = ""
    confidence: Confidence = Confidence.CERTAIN
    is_whole: bool = True


def of_or(reading: Reading, meaning: Meaning) -> Fault | None:
    """A side of an ``or`` without a condition, beside one that has one: comparisons bind more tightly than ``or``."""
    if not is_operator(meaning, _OR):
        return None
    left, right = meaning.inputs
    covered = covering(meaning)
    if covered:
        first, second = (f"{each.op} {each.limit:g}" for each in covered)
        return Fault(meaning.node, f"every number is {first} or {second}", "write `and` in place of `or`")
    for open_side, other, bound, free in ((left, right, "right", "left"), (right, left, "left", "right")):
        if not is_comparison(other) or has_condition(open_side):
            continue
        always = meaning.facts.presence is Presence.SURE
        if not always and (
            open_side.facts.presence is Presence.DEPENDS or by_existence(open_side, reading.interpreter)
        ):
            continue
        raw = isinstance(open_side.node, pp.VectorSelector) and not always
        op = other.node.op if isinstance(other.node, pp.BinaryExpr) else ""
        return Fault(
            meaning.node,
            f"the comparison ({op}) applies to the {bound} side of `or` only, so the {free} side has no condition",
            f"put parentheses around the `or`: (A or B) {op} ..., or compare both sides",
            Confidence.LIKELY if raw else Confidence.CERTAIN,
        )
    return of_or(reading, left) or of_or(reading, right)


def bool_inside(meaning: Meaning) -> Fault | None:
    """A comparison with ``bool`` anywhere in an expression that nothing else filters."""
    found = next((each for each in meaning.walk() if is_bool(each)), None)
    return None if found is None else _bool_fault(found)


def _bool_fault(comparison: Meaning, *, is_whole: bool = True) -> Fault:
    text = "bool gives 0 in place of removing the series, and 0 fires as well"
    fix = "remove bool, or compare the result: (...) == 1"
    return Fault(comparison.node, text, fix, is_whole=is_whole)


def bool_beside(meaning: Meaning, sides: list[Meaning]) -> Fault | None:
    """A comparison with ``bool`` of which only the existence counts.

    Args:
        meaning: The expression.
        sides: The sides of its set operators.
    """
    for each in sides:
        if is_bool(each):
            return _bool_fault(each, is_whole=False)
    for each in meaning.walk():
        if _counts_bool(each):
            text = "bool gives 0 in place of removing the series, and count counts them all"
            return Fault(each.inputs[-1].node, text, "remove bool, or write sum in place of count", is_whole=False)
    return None


def _counts_bool(meaning: Meaning) -> bool:
    node = meaning.node
    return isinstance(node, pp.AggregateExpr) and str(node.op) in {"count", "group"} and is_bool(meaning.inputs[-1])


def covered_sides(reading: Reading, meaning: Meaning) -> Fault | None:
    """Two sides of an ``or``, anywhere in an expression, that cover every number."""
    for each in meaning.walk():
        if covering(each):
            fault = of_or(reading, each)
            return fault and replace(fault, is_whole=each is meaning)
    return None
