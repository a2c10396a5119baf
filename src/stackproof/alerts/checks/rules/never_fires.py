"""rules/never-fires: an expression that never has a result, whatever the values are."""

import math
from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.conditions import is_operator
from stackproof.alerts.meaning.divided_time import DividedTime, divided_time
from stackproof.alerts.meaning.facts import Meaning, Remark, RemarkKind
from stackproof.alerts.meaning.readings import Reading, readings
from stackproof.alerts.meaning.words import compared_value, reason
from stackproof.alerts.promql.syntax_tree import COMPARISONS, calls
from stackproof.model.monitoring import Rule, RuleKind

_BY_OTHER_CHECKS = (RemarkKind.NEVER_MATCH, RemarkKind.NO_SUCH_VALUE)
_ABSENT = frozenset({"absent", "absent_over_time"})
_CAUSES = (RemarkKind.NEVER_TRUE, RemarkKind.CONTRADICTION)
_OR = frozenset({"or"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        whole = reading.likely.facts.never
        if whole and any(True for _ in reading.likely.all_remarks(*_BY_OTHER_CHECKS)):
            continue
        causes = [
            (remark, sure) for remark, sure in reading.remarks(*_CAUSES) if whole or _is_dead_end(remark, reading)
        ]
        for remark, confidence in causes[-1:] if whole else causes:
            yield _spot(reading, remark.node, _reason(remark, reading), confidence, whole=whole)
        if whole and not causes and any(True for _ in calls(reading.expression.tree, _ABSENT)):
            sure = Confidence.CERTAIN if reading.certain.facts.never else Confidence.LIKELY
            text = ("absent() of something that always exists has no result", "remove absent()")
            yield _spot(reading, reading.expression.tree, text, sure, whole=True)
        if not whole and not causes:
            for divided in _decisive(reading.likely):
                yield _spot(reading, divided.node, (divided.reason, divided.fix), Confidence.LIKELY, whole=True)


def _is_dead_end(remark: Remark, reading: Reading) -> bool:
    """Whether a node that never has a result is a side of an ``or``, so that only the other side ever counts."""
    for meaning in reading.likely.walk():
        if is_operator(meaning, _OR):
            for side in meaning.inputs:
                if side.facts.never and any(each.node is remark.node for each in side.all_remarks(remark.kind)):
                    return True
    return False


def _decisive(meaning: Meaning) -> Iterator[DividedTime]:
    """Comparisons of times that are never true, without which the expression has no result."""
    if is_operator(meaning, COMPARISONS):
        found = divided_time(meaning)
        if found is not None and not found.is_true:
            yield found
    if is_operator(meaning, frozenset({"and"})):
        for side in meaning.inputs:
            yield from _decisive(side)
    elif is_operator(meaning, frozenset({"unless"})):
        yield from _decisive(meaning.inputs[0])
    elif isinstance(meaning.node, pp.AggregateExpr):
        yield from _decisive(meaning.inputs[-1])


def _spot(reading: Reading, node: Expr, text: tuple[str, str], confidence: Confidence, *, whole: bool) -> Spot:
    words, fix = text
    owner = reading.expression.owner
    name = owner.name if isinstance(owner, Rule) else "this query"
    subject = f"{name} never {_verb(reading)}" if whole else f"one side of an `or` of {name} never has a result"
    is_error = whole and confidence is Confidence.CERTAIN and isinstance(owner, Rule) and owner.kind is RuleKind.ALERT
    severity = Severity.ERROR if is_error else Severity.WARNING
    return Spot(reading.at(node), f"{subject}: {words}", fix, severity, confidence)


def _verb(reading: Reading) -> str:
    owner = reading.expression.owner
    if not isinstance(owner, Rule):
        return "has a result"
    return "fires" if owner.kind is RuleKind.ALERT else "records anything"


def _reason(remark: Remark, reading: Reading) -> tuple[str, str]:
    """Why a node never has a result, and how to fix it."""
    meaning = next(each for each in reading.likely.walk() if each.node is remark.node)
    if remark.kind is RemarkKind.CONTRADICTION:
        if is_operator(meaning, frozenset({"unless"})):
            return remark.detail, "write `and` in place of `unless`, or correct one of the limits"
        return remark.detail, "write `or` in place of `and`, or correct one of the limits"
    divided = divided_time(meaning)
    if divided is not None:
        return divided.reason, divided.fix
    return reason(meaning, remark), _fix(compared_value(meaning), meaning)


def _fix(value: Meaning, comparison: Meaning) -> str:
    node, op = value.node, getattr(comparison.node, "op", "")
    if isinstance(node, pp.AggregateExpr):
        bounds = value.facts.bounds
        if str(op) in {"<", "<=", "=="} and bounds is not None and 0 < bounds.low < math.inf:
            return f"without series there is no result; add a zero: ({node.op}(...) or vector(0)) {op} ..."
        if str(node.op) == "sum" and str(value.facts.bounds) == "0":
            return "count the series that pass: count(x == 0), or sum(x == bool 0)"
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
