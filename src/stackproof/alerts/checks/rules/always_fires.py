"""rules/always-fires: an alert whose condition has no effect."""

import re
from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.bounds import Bounds, compared, point
from stackproof.alerts.meaning.conditions import (
    conditions,
    is_comparison,
    is_operator,
    only_guards,
)
from stackproof.alerts.meaning.divided_time import divided_time
from stackproof.alerts.meaning.existence import by_existence
from stackproof.alerts.meaning.facts import Meaning, Presence, Remark, RemarkKind
from stackproof.alerts.meaning.faults import Fault, bool_beside, bool_inside, covered_sides, of_or
from stackproof.alerts.meaning.not_negative import always_reached, asks_for_negative
from stackproof.alerts.meaning.readings import Reading, alert_readings
from stackproof.alerts.meaning.thresholds import Threshold, metrics_of, threshold_of, thresholds
from stackproof.alerts.meaning.words import compared_value, itself, reason, value_in_words

_MEANT = re.compile(r"watchdog|dead.?man|heart.?beat|always|test.?alert|alert.?test", re.IGNORECASE)
_OR = frozenset({"or"})
_BY_OTHER_CHECKS = (RemarkKind.NEVER_MATCH, RemarkKind.NO_SUCH_VALUE)


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
            fault: Fault | None = _sure(reading)
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


def _sure(reading: Reading) -> Fault:
    """Why there is a result even without series."""
    meaning = reading.likely
    found = of_or(reading, meaning) or _absent(reading) or _always_true(reading, meaning) or bool_inside(meaning)
    if found:
        return found
    if is_operator(meaning, _OR):
        return Fault(meaning.node, "one side of the `or` always has a result")
    if any(is_comparison(each) for each in meaning.walk()):
        return Fault(meaning.node, "no comparison in it can remove the result that is always there")
    return Fault(
        meaning.node,
        f"there is always a result, and nothing compares it with a limit: {_every_value(meaning)}",
        "compare it with a limit: (...) > 0",
    )


def _absent(reading: Reading) -> Fault | None:
    """``absent()`` of what never has a result."""
    for each in reading.likely.walk():
        node = each.node
        if isinstance(node, pp.Call) and node.func.name.startswith("absent") and each.inputs[0].facts.never:
            remark = next(each.inputs[0].all_remarks(RemarkKind.NEVER_TRUE, RemarkKind.CONTRADICTION), None)
            why = f": {remark.detail}" if remark else ""
            return Fault(node, f"absent() of something that never has a result always has one{why}")
    return None


def _given(reading: Reading) -> Fault | None:
    """Why no series is ever filtered."""
    meaning = reading.likely
    if not metrics_of(meaning):
        return None
    found = of_or(reading, meaning) or _always_true(reading, meaning) or bool_inside(meaning)
    if found or any(is_comparison(each) for each in meaning.walk()) or by_existence(meaning, reading.interpreter):
        return found
    return _no_condition(meaning)


def _no_condition(meaning: Meaning) -> Fault:
    """It may be intended, so this is likely only."""
    text = f"it has no condition, so {_every_value(meaning)}"
    return Fault(meaning.node, text, "compare it with a limit: ... > 0", Confidence.LIKELY)


def _every_value(meaning: Meaning) -> str:
    bounds = meaning.facts.bounds
    return "every value fires, 0 as well" if bounds is None or bounds.holds(0.0) else "every value fires"


def _always_true(reading: Reading, meaning: Meaning) -> Fault | None:
    for each in meaning.walk():
        for remark in each.remarks:
            if remark.kind is RemarkKind.ALWAYS_TRUE:
                return _without_effect(reading, each, remark)
    return None


def _without_effect(reading: Reading, comparison: Meaning, remark: Remark) -> Fault | None:
    """A comparison that is always true; None if it asks whether something exists."""
    value = compared_value(comparison)
    text = reason(comparison, remark)
    divided = divided_time(comparison)
    if divided and divided.is_true:
        return Fault(comparison.node, divided.reason, divided.fix, reading.confidence(remark))
    if only_guards(comparison, value):
        if reading.likely.facts.presence is not Presence.SURE and by_existence(value, reading.interpreter):
            return None
        fix = "compare the values of the series that are counted: count(x == 1) > 0"
        return Fault(comparison.node, f"{text}, whatever the values are", fix, Confidence.LIKELY)
    return Fault(comparison.node, text, "", reading.confidence(remark))


def _depends(reading: Reading, signed: frozenset[str]) -> Fault | None:
    """A condition without effect, though another one has an effect."""
    meaning = reading.likely
    sides = list(conditions(meaning))
    found = bool_beside(meaning, sides) or covered_sides(reading, meaning)
    for each in sides if found is None else ():
        found = found or _of_side(reading, each, is_whole=len(sides) == 1)
    return found or (_not_negative(reading, signed) if len(sides) == 1 else None)


def _of_side(reading: Reading, side: Meaning, *, is_whole: bool) -> Fault | None:
    """Why one side of set operators, or the whole expression, is always true."""
    divided = divided_time(side)
    if divided and divided.is_true:
        return Fault(divided.node, divided.reason, divided.fix, Confidence.LIKELY, is_whole=is_whole)
    for remark in side.remarks:
        value = compared_value(side) if is_comparison(side) else side
        has_effect = value.facts.presence is Presence.DEPENDS or only_guards(side, value)
        if remark.kind is RemarkKind.ALWAYS_TRUE and not has_effect:
            text = reason(side, remark)
            return Fault(side.node, text, "remove it, or correct its limit", Confidence.LIKELY, is_whole=False)
    return _except_nan(reading, side)


def _except_nan(reading: Reading, condition: Meaning) -> Fault | None:
    """A comparison that is true for all values but NaN."""
    found = _true_except_nan(condition)
    if found is None or found.value.facts.presence is Presence.DEPENDS:
        return None
    sure = any(_true_except_nan(each) for each in reading.certain.walk() if each.node is condition.node)
    fix = ""
    if itself(found.value):
        fix = "aggregate both sides by the same labels: sum by (...) (...) / sum by (...) (...)"
    text = f"{value_in_words(found.value)}, which is always {found.op} {found.limit:g}, unless it is NaN"
    return Fault(found.node, text, fix, Confidence.CERTAIN if sure else Confidence.LIKELY, is_whole=False)


def _true_except_nan(condition: Meaning) -> Threshold | None:
    threshold = threshold_of(condition)
    bounds = threshold.value.facts.bounds if threshold else None
    if threshold is None or bounds is None or not bounds.nan:
        return None
    return threshold if compared(threshold.op, Bounds(bounds.low, bounds.high), point(threshold.limit)) else None


def _not_negative(reading: Reading, signed: frozenset[str]) -> Fault | None:
    """``>= 0`` of a value that is a count, by its name."""
    threshold = threshold_of(reading.likely)
    if threshold is None or not always_reached(threshold, signed):
        return None
    names = ", ".join(sorted(threshold.metrics))
    text = f"{names} is not negative, so {threshold.op} {threshold.limit:g} is always true"
    fix = f"write > {threshold.limit:g}" if threshold.limit == 0 else "correct the limit"
    return Fault(threshold.node, text, fix, Confidence.LIKELY)


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
