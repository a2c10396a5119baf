"""rules/never-fires: an expression that never has a result, whatever the values are."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Meaning, Remark, RemarkKind
from stackproof.alerts.meaning.readings import Reading, rule_readings
from stackproof.alerts.meaning.words import value_in_words
from stackproof.alerts.promql.syntax_tree import COMPARISONS, calls
from stackproof.model.monitoring import Rule, RuleKind

_BY_OTHER_CHECKS = (RemarkKind.NEVER_MATCH, RemarkKind.NO_SUCH_VALUE)
_ABSENT = frozenset({"absent", "absent_over_time"})
_CAUSES = (RemarkKind.NEVER_TRUE, RemarkKind.CONTRADICTION)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule, reading in rule_readings(monitoring):
        whole = reading.likely.facts.never
        if whole and any(True for _ in reading.likely.all_remarks(*_BY_OTHER_CHECKS)):
            continue
        causes = [
            (remark, sure) for remark, sure in reading.remarks(*_CAUSES) if whole or _is_dead_end(remark, reading)
        ]
        for remark, confidence in causes[-1:] if whole else causes:
            yield _spot(rule, reading, remark, confidence, whole=whole)
        if whole and not causes and any(True for _ in calls(reading.expression.tree, _ABSENT)):
            sure = Confidence.CERTAIN if reading.certain.facts.never else Confidence.LIKELY
            message = f"{_subject(rule)}: absent() of something that always exists has no result"
            yield Spot(reading.expression.where, message, "remove absent()", _severity(sure), sure)


def _is_dead_end(remark: Remark, reading: Reading) -> bool:
    """Whether a node that never has a result is a side of an ``or``, so that only the other side ever counts."""
    for meaning in reading.likely.walk():
        if isinstance(meaning.node, pp.BinaryExpr) and str(meaning.node.op) == "or":
            for side in meaning.inputs:
                if side.facts.never and any(each is remark for each in side.all_remarks(remark.kind)):
                    return True
    return False


def _spot(rule: Rule, reading: Reading, remark: Remark, confidence: Confidence, *, whole: bool) -> Spot:
    reason, fix = _reason(remark, reading)
    subject = _subject(rule) if whole else f"one side of an `or` of {rule.name} never has a result"
    severity = _severity(confidence) if whole else Severity.WARNING
    return Spot(reading.at(remark.node), f"{subject}: {reason}", fix, severity, confidence)


def _subject(rule: Rule) -> str:
    verb = "fires" if rule.kind is RuleKind.ALERT else "records anything"
    return f"{rule.name} never {verb}"


def _severity(confidence: Confidence) -> Severity:
    return Severity.ERROR if confidence is Confidence.CERTAIN else Severity.WARNING


def _reason(remark: Remark, reading: Reading) -> tuple[str, str]:
    """Why a node never has a result, and how to fix it."""
    if remark.kind is RemarkKind.CONTRADICTION:
        return remark.detail, "write `or` in place of `and`, or correct one of the limits"
    meaning = next(each for each in reading.likely.walk() if each.node is remark.node)
    value = _compared(meaning)
    reason = f"{value_in_words(value)}, and {remark.detail}"
    return reason, _fix(value, meaning)


def _compared(meaning: Meaning) -> Meaning:
    """The side of a comparison that bounds it: the one that is no number."""
    left, right = meaning.inputs
    return right if isinstance(left.node, pp.NumberLiteral) else left


def _fix(value: Meaning, meaning: Meaning) -> str:
    node = value.node
    assert isinstance(meaning.node, pp.BinaryExpr)  # noqa: S101 - for the types: only operators are never true
    if isinstance(node, pp.AggregateExpr) and str(meaning.node.op) in COMPARISONS - {">", ">="}:
        return f"without series there is no result; add a zero: ({node.op}(...) or vector(0)) {meaning.node.op} ..."
    if any(isinstance(each.node, pp.Call) and each.node.func.name == "time" for each in value.walk()):
        return "put parentheses around the difference, so that it is divided as a whole: (time() - x) / 3600"
    return ""


CHECK = Check(
    id="rules/never-fires",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="The alert looks as if somebody were told, and nobody ever is.",
    fix="compare with a value that can be reached",
    look=_look,
)
