"""rules/always-fires: an alert whose condition has no effect."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Meaning, Presence, RemarkKind
from stackproof.alerts.meaning.operators import returns_bool
from stackproof.alerts.meaning.readings import Reading, alert_readings
from stackproof.alerts.meaning.thresholds import metrics_of, thresholds
from stackproof.alerts.meaning.words import value_in_words
from stackproof.alerts.promql.syntax_tree import COMPARISONS
from stackproof.model.monitoring import Rule

# Values that may be below zero, by what their names say.
_SIGNED = re.compile(
    r"temp|celsius|fahrenheit|offset|diff|delta|drift|skew|balance|latitude|longitude|dbm|_db$|decibel|trend|slope|change"
    r"|remaining|margin|net_|adjust|correct|lag|delay|score|gain|profit|deviation|z_?score|anomal|forecast|predict|bias"
    r"|until|expir|position|altitude|elevation|charge|freq|estimate|oom_score|nice|level|ppm|phase|angle|code|value",
    re.IGNORECASE,
)
# Series that exist while something is the case, so that their existence is the condition.
_STATES = re.compile(r"ALERTS(_FOR_STATE)?|.*:.*|.*_info|.*(deprecated|unsupported|removed).*")


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a condition has no effect.

    Attributes:
        node: The node at fault.
        reason: Why.
        fix: How to fix it.
    """

    node: Expr
    reason: str
    fix: str = ""


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    signed = _compared_with_negatives(monitoring)
    for rule, reading in alert_readings(monitoring):
        presence = reading.likely.facts.presence
        fault = None
        if presence is Presence.SURE and not _is_constant(reading.likely):
            fault = _sure(reading.likely)
        elif presence is Presence.GIVEN:
            fault = _given(reading.likely)
        elif not reading.likely.facts.never:
            yield from _not_negative(rule, reading, signed)
        if fault is not None:
            confidence = _confidence(reading, presence, fault)
            severity = Severity.ERROR if confidence is Confidence.CERTAIN else Severity.WARNING
            when = "always fires" if presence is Presence.SURE else "fires as long as its series exist"
            message = f"{rule.name} {when}: {fault.reason}"
            yield Spot(reading.at(fault.node), message, fault.fix, severity, confidence)


def _is_constant(meaning: Meaning) -> bool:
    """Whether it depends on nothing: such alerts are meant to fire always, to show that alerting works."""
    nodes = [each.node for each in meaning.walk()]
    return not any(isinstance(node, pp.VectorSelector) or _is_time(node) for node in nodes)


def _is_time(node: Expr) -> bool:
    return isinstance(node, pp.Call) and not node.args and node.func.name != "pi"


def _confidence(reading: Reading, presence: Presence, fault: _Fault) -> Confidence:
    """Certain if it also holds without customs. That no comparison is there at all may be intended."""
    certain = reading.certain.facts.presence >= presence
    return Confidence.CERTAIN if certain and fault.reason != _NO_CONDITION else Confidence.LIKELY


def _sure(meaning: Meaning) -> _Fault:
    """Why there is a result even without series."""
    node = meaning.node
    if isinstance(node, pp.BinaryExpr) and str(node.op) == "or":
        return _precedence(meaning) or _always_true(meaning) or _Fault(node, "one side of the `or` always has a result")
    found = _always_true(meaning)
    if found:
        return found
    if any(_is_comparison(each) for each in meaning.walk()):
        bool_fault = _bool(meaning)
        return bool_fault or _Fault(node, "no comparison in it can remove the result that is always there")
    bounds = meaning.facts.bounds
    return _Fault(
        node,
        f"there is always a result, and nothing compares it with a limit: {bounds} fires, 0 as well",
        "compare it with a limit: (...) > 0",
    )


def _given(meaning: Meaning) -> _Fault | None:
    """Why no series is ever filtered."""
    node = meaning.node
    if isinstance(node, pp.BinaryExpr) and str(node.op) == "or":
        found = _precedence(meaning)
        if found:
            return found
    names = metrics_of(meaning)
    if not names or any(_STATES.fullmatch(name) for name in names):
        return None  # that such a series exists is the condition
    found = _always_true(meaning) or _bool(meaning)
    if found or any(_is_comparison(each) for each in meaning.walk()):
        return found
    return _Fault(meaning.node, _NO_CONDITION, "compare it with a limit: ... > 0")


_NO_CONDITION = "it has no condition, so every value fires, 0 as well"


def _is_comparison(meaning: Meaning) -> bool:
    return isinstance(meaning.node, pp.BinaryExpr) and str(meaning.node.op) in COMPARISONS


def _precedence(meaning: Meaning) -> _Fault | None:
    """A comparison that applies to the right side of an ``or`` only, because it binds more tightly."""
    left, right = meaning.inputs
    if any(_is_comparison(each) for each in left.walk()) or not _is_comparison(right):
        return None
    if left.facts.presence is Presence.DEPENDS:
        return None
    op = right.node.op if isinstance(right.node, pp.BinaryExpr) else ""
    return _Fault(
        meaning.node,
        f"the comparison ({op}) applies to the right side of `or` only, so the left side has no condition",
        f"put parentheses around the `or`: (A or B) {op} ...",
    )


def _always_true(meaning: Meaning) -> _Fault | None:
    for each in meaning.walk():
        for remark in each.remarks:
            if remark.kind is RemarkKind.ALWAYS_TRUE:
                left, right = each.inputs
                value = right if isinstance(left.node, pp.NumberLiteral) else left
                return _Fault(each.node, f"{value_in_words(value)}, and {remark.detail}", _time_fix(value))
    return None


def _time_fix(value: Meaning) -> str:
    used = any(_is_time(each.node) for each in value.walk())
    return "put parentheses around the difference: (time() - x) / 3600" if used else ""


def _bool(meaning: Meaning) -> _Fault | None:
    for each in meaning.walk():
        if isinstance(each.node, pp.BinaryExpr) and returns_bool(each.node):
            return _Fault(
                each.node,
                "bool gives 0 in place of removing the series, and 0 fires as well",
                "remove bool, or compare the result: (...) == 1",
            )
    return None


def _compared_with_negatives(monitoring: Monitoring) -> frozenset[str]:
    """The metrics that some rule compares with a number below zero: they can be negative."""
    found: set[str] = set()
    for _, reading in alert_readings(monitoring):
        for threshold in thresholds(reading.likely):
            if threshold.limit < 0 and threshold.op in {"==", "!=", "<", "<="}:
                found |= threshold.metrics
    return frozenset(found)


def _not_negative(rule: Rule, reading: Reading, signed: frozenset[str]) -> Iterator[Spot]:
    """``>= 0`` of a value that is a count, by its name."""
    conditions = list(thresholds(reading.likely))
    if len(conditions) != 1 or any(_is_set_operator(each.node) for each in reading.likely.walk()):
        return
    (threshold,) = conditions
    reached = (threshold.op == ">=" and threshold.limit <= 0) or (threshold.op == ">" and threshold.limit < 0)
    names = threshold.metrics
    if not reached or not names or threshold.is_computed or names & signed:
        return
    if any(_SIGNED.search(name) or ":" in name for name in names):
        return
    yield Spot(
        reading.at(threshold.node),
        f"{rule.name} fires as long as its series exist: {' '.join(names)} is not negative, so {threshold.op} "
        f"{threshold.limit:g} is always true",
        f"write > {threshold.limit:g}" if threshold.limit == 0 else "correct the limit",
        Severity.WARNING,
        Confidence.LIKELY,
    )


def _is_set_operator(node: Expr) -> bool:
    return isinstance(node, pp.BinaryExpr) and str(node.op) in {"and", "or", "unless"}


CHECK = Check(
    id="rules/always-fires",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="An alert that always fires is soon ignored or silenced, and then it is missing when it is needed.",
    fix="compare the value with a limit that it does not always exceed",
    look=_look,
)
