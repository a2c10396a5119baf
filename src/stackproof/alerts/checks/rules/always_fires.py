"""rules/always-fires: an alert whose condition has no effect."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.bounds import Bounds, compared, point
from stackproof.alerts.meaning.conditions import (
    conditions,
    covering,
    has_condition,
    is_bool,
    is_comparison,
    is_operator,
    only_guards,
)
from stackproof.alerts.meaning.divided_time import divided_time
from stackproof.alerts.meaning.existence import by_existence
from stackproof.alerts.meaning.facts import Meaning, Presence, Remark, RemarkKind
from stackproof.alerts.meaning.not_negative import always_reached, asks_for_negative
from stackproof.alerts.meaning.readings import Reading, alert_readings
from stackproof.alerts.meaning.thresholds import Threshold, metrics_of, threshold_of, thresholds
from stackproof.alerts.meaning.words import compared_value, itself, reason, value_in_words

_MEANT = re.compile(r"watchdog|dead.?man|heart.?beat|always|test.?alert|alert.?test", re.IGNORECASE)
_OR = frozenset({"or"})
_BY_OTHER_CHECKS = (RemarkKind.NEVER_MATCH, RemarkKind.NO_SUCH_VALUE)


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a condition has no effect.

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


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    signed = _compared_with_negatives(monitoring)
    for rule, reading in alert_readings(monitoring):
        meaning = reading.likely
        presence = meaning.facts.presence
        if (
            _MEANT.search(rule.name)
            or meaning.facts.never
            or _is_constant(meaning)
            or any(True for _ in meaning.all_remarks(*_BY_OTHER_CHECKS))
        ):
            continue
        if presence is Presence.SURE:
            fault: _Fault | None = _sure(reading)
        else:
            fault = _given(reading) if presence is Presence.GIVEN else _depends(reading, signed)
        if fault is not None:
            sure = reading.certain.facts.presence >= presence or presence is Presence.DEPENDS
            confidence = fault.confidence if sure else Confidence.LIKELY
            when = "always fires" if presence is Presence.SURE else "fires as long as its series exist"
            subject = f"{rule.name} {when}" if fault.is_whole else f"a condition of {rule.name} has no effect"
            severity = Severity.ERROR if confidence is Confidence.CERTAIN else Severity.WARNING
            yield Spot(reading.at(fault.node), f"{subject}: {fault.reason}", fault.fix, severity, confidence)


def _is_constant(meaning: Meaning) -> bool:
    """Whether it depends on nothing: such alerts are meant to fire always, to show that alerting works."""
    nodes = [each.node for each in meaning.walk()]
    return not any(isinstance(node, pp.VectorSelector) or _is_time(node) for node in nodes)


def _is_time(node: Expr) -> bool:
    return isinstance(node, pp.Call) and not node.args and node.func.name != "pi"


def _sure(reading: Reading) -> _Fault:
    """Why there is a result even without series."""
    meaning = reading.likely
    found = _of_or(reading, meaning) or _absent(reading) or _always_true(reading, meaning) or _bool(meaning)
    if found:
        return found
    if is_operator(meaning, _OR):
        return _Fault(meaning.node, "one side of the `or` always has a result")
    if any(is_comparison(each) for each in meaning.walk()):
        return _Fault(meaning.node, "no comparison in it can remove the result that is always there")
    return _Fault(
        meaning.node,
        f"there is always a result, and nothing compares it with a limit: {_every_value(meaning)}",
        "compare it with a limit: (...) > 0",
    )


def _absent(reading: Reading) -> _Fault | None:
    """``absent()`` of what never has a result."""
    for each in reading.likely.walk():
        node = each.node
        if isinstance(node, pp.Call) and node.func.name.startswith("absent") and each.inputs[0].facts.never:
            remark = next(each.inputs[0].all_remarks(RemarkKind.NEVER_TRUE, RemarkKind.CONTRADICTION), None)
            why = f": {remark.detail}" if remark else ""
            return _Fault(node, f"absent() of something that never has a result always has one{why}")
    return None


def _given(reading: Reading) -> _Fault | None:
    """Why no series is ever filtered."""
    meaning = reading.likely
    if not metrics_of(meaning):
        return None
    found = _of_or(reading, meaning) or _always_true(reading, meaning) or _bool(meaning)
    if found or any(is_comparison(each) for each in meaning.walk()) or by_existence(meaning, reading.interpreter):
        return found
    return _no_condition(meaning)


def _no_condition(meaning: Meaning) -> _Fault:
    """It may be intended, so this is likely only."""
    text = f"it has no condition, so {_every_value(meaning)}"
    return _Fault(meaning.node, text, "compare it with a limit: ... > 0", Confidence.LIKELY)


def _every_value(meaning: Meaning) -> str:
    bounds = meaning.facts.bounds
    return "every value fires, 0 as well" if bounds is None or bounds.holds(0.0) else "every value fires"


def _of_or(reading: Reading, meaning: Meaning) -> _Fault | None:
    """A side of an ``or`` without a condition, beside one that has one: comparisons bind more tightly than ``or``."""
    if not is_operator(meaning, _OR):
        return None
    left, right = meaning.inputs
    covered = covering(meaning)
    if covered:
        first, second = (f"{each.op} {each.limit:g}" for each in covered)
        return _Fault(meaning.node, f"every number is {first} or {second}", "write `and` in place of `or`")
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
        return _Fault(
            meaning.node,
            f"the comparison ({op}) applies to the {bound} side of `or` only, so the {free} side has no condition",
            f"put parentheses around the `or`: (A or B) {op} ..., or compare both sides",
            Confidence.LIKELY if raw else Confidence.CERTAIN,
        )
    return _of_or(reading, left) or _of_or(reading, right)


def _always_true(reading: Reading, meaning: Meaning) -> _Fault | None:
    for each in meaning.walk():
        for remark in each.remarks:
            if remark.kind is RemarkKind.ALWAYS_TRUE:
                return _without_effect(reading, each, remark)
    return None


def _without_effect(reading: Reading, comparison: Meaning, remark: Remark) -> _Fault | None:
    """A comparison that is always true; None if it asks whether something exists."""
    value = compared_value(comparison)
    text = reason(comparison, remark)
    divided = divided_time(comparison)
    if divided and divided.is_true:
        return _Fault(comparison.node, divided.reason, divided.fix, reading.confidence(remark))
    if only_guards(comparison, value):
        if reading.likely.facts.presence is not Presence.SURE and by_existence(value, reading.interpreter):
            return None
        fix = "compare the values of the series that are counted: count(x == 1) > 0"
        return _Fault(comparison.node, f"{text}, whatever the values are", fix, Confidence.LIKELY)
    return _Fault(comparison.node, text, "", reading.confidence(remark))


def _bool(meaning: Meaning) -> _Fault | None:
    found = next((each for each in meaning.walk() if is_bool(each)), None)
    return None if found is None else _bool_fault(found)


def _bool_fault(comparison: Meaning, *, is_whole: bool = True) -> _Fault:
    text = "bool gives 0 in place of removing the series, and 0 fires as well"
    fix = "remove bool, or compare the result: (...) == 1"
    return _Fault(comparison.node, text, fix, is_whole=is_whole)


def _counts_bool(meaning: Meaning) -> bool:
    node = meaning.node
    return isinstance(node, pp.AggregateExpr) and str(node.op) in {"count", "group"} and is_bool(meaning.inputs[-1])


def _depends(reading: Reading, signed: frozenset[str]) -> _Fault | None:
    """A condition without effect, though another one has an effect."""
    meaning = reading.likely
    sides = list(conditions(meaning))
    found = _bool_beside(meaning, sides) or _covered(reading, meaning)
    for each in sides if found is None else ():
        found = found or _of_side(reading, each, is_whole=len(sides) == 1)
    return found or (_not_negative(reading, signed) if len(sides) == 1 else None)


def _bool_beside(meaning: Meaning, sides: list[Meaning]) -> _Fault | None:
    """A comparison with ``bool`` of which only the existence counts."""
    for each in sides:
        if is_bool(each):
            return _bool_fault(each, is_whole=False)
    for each in meaning.walk():
        if _counts_bool(each):
            text = "bool gives 0 in place of removing the series, and count counts them all"
            return _Fault(each.inputs[-1].node, text, "remove bool, or write sum in place of count", is_whole=False)
    return None


def _covered(reading: Reading, meaning: Meaning) -> _Fault | None:
    for each in meaning.walk():
        if covering(each):
            fault = _of_or(reading, each)
            return fault and replace(fault, is_whole=each is meaning)
    return None


def _of_side(reading: Reading, side: Meaning, *, is_whole: bool) -> _Fault | None:
    """Why one side of set operators, or the whole expression, is always true."""
    divided = divided_time(side)
    if divided and divided.is_true:
        return _Fault(divided.node, divided.reason, divided.fix, Confidence.LIKELY, is_whole=is_whole)
    for remark in side.remarks:
        value = compared_value(side) if is_comparison(side) else side
        has_effect = value.facts.presence is Presence.DEPENDS or only_guards(side, value)
        if remark.kind is RemarkKind.ALWAYS_TRUE and not has_effect:
            text = reason(side, remark)
            return _Fault(side.node, text, "remove it, or correct its limit", Confidence.LIKELY, is_whole=False)
    return _except_nan(reading, side)


def _except_nan(reading: Reading, condition: Meaning) -> _Fault | None:
    """A comparison that is true for all values but NaN."""
    found = _true_except_nan(condition)
    if found is None or found.value.facts.presence is Presence.DEPENDS:
        return None
    sure = any(_true_except_nan(each) for each in reading.certain.walk() if each.node is condition.node)
    fix = ""
    if itself(found.value):
        fix = "aggregate both sides by the same labels: sum by (...) (...) / sum by (...) (...)"
    text = f"{value_in_words(found.value)}, which is always {found.op} {found.limit:g}, unless it is NaN"
    return _Fault(found.node, text, fix, Confidence.CERTAIN if sure else Confidence.LIKELY, is_whole=False)


def _true_except_nan(condition: Meaning) -> Threshold | None:
    threshold = threshold_of(condition)
    bounds = threshold.value.facts.bounds if threshold else None
    if threshold is None or bounds is None or not bounds.nan:
        return None
    return threshold if compared(threshold.op, Bounds(bounds.low, bounds.high), point(threshold.limit)) else None


def _not_negative(reading: Reading, signed: frozenset[str]) -> _Fault | None:
    """``>= 0`` of a value that is a count, by its name."""
    threshold = threshold_of(reading.likely)
    if threshold is None or not always_reached(threshold, signed):
        return None
    names = " ".join(sorted(threshold.metrics))
    text = f"{names} is not negative, so {threshold.op} {threshold.limit:g} is always true"
    fix = f"write > {threshold.limit:g}" if threshold.limit == 0 else "correct the limit"
    return _Fault(threshold.node, text, fix, Confidence.LIKELY)


def _compared_with_negatives(monitoring: Monitoring) -> frozenset[str]:
    """The metrics that some rule compares with a number below zero: they can be negative."""
    found: set[str] = set()
    for _, reading in alert_readings(monitoring):
        for threshold in thresholds(reading.likely):
            if asks_for_negative(threshold):
                found |= threshold.metrics
    return frozenset(found)


CHECK = Check(
    id="rules/always-fires",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="An alert that always fires is soon ignored or silenced, and then it is missing when it is needed.",
    fix="compare the value with a limit that it does not always exceed",
    look=_look,
)
