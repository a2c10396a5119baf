"""promql/division-without-traffic: a success ratio that gives no result when nothing succeeds."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, alerts
from stackproof.alerts.promql.syntax_tree import (
    RATES,
    NumberComparison,
    bare,
    calls,
    conditions,
    matchers,
    metric,
    number,
    operators,
    selectors,
)

_LOW = frozenset({"<", "<="})
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for _, expression in alerts(monitoring):
        if "absent" in {call.func.name for call in calls(expression.tree)}:
            continue
        for condition in conditions(expression.tree):
            yield from _examined(expression, condition)


def _examined(expression: Expression, condition: NumberComparison) -> Iterator[Spot]:
    found = _division(condition.value, condition.op)
    if found is None:
        return
    division, op = found
    if op == "!=" and _is_rate(division.rhs):
        message = "without traffic the ratio is NaN, and NaN differs from every number, so the alert fires"
        yield Spot(expression.where, message, "compare with > or <, which are false for NaN")
    elif op in _LOW and (good := _good_events(division)):
        message = (
            f"the alert fires on a low share of {good}, but if everything fails from the start that series does not "
            "exist: the ratio has no result, and the alert does not fire"
        )
        yield Spot(expression.at(good.partition("{")[0]), message)


def _division(node: pp.Expr, op: str) -> tuple[pp.BinaryExpr, str] | None:
    """The division that decides, and how it is compared: ``1 - a / b > 0.1`` is true for a low ``a / b``."""
    node = bare(node)
    if not isinstance(node, pp.BinaryExpr):
        return None
    sign, left, right = str(node.op), number(node.lhs), number(node.rhs)
    if sign == "/" and left is None and right is None:
        return node, op
    if sign == "-" and left is not None:
        return _division(node.rhs, _FLIPPED.get(op, op))
    if sign in {"+", "*"} and left is not None:
        return _division(node.rhs, op)
    if sign in {"+", "-", "*", "/"} and right is not None:
        return _division(node.lhs, op)
    return None


def _is_rate(node: pp.Expr) -> bool:
    return any(True for _ in calls(node, RATES))


def _good_events(division: pp.BinaryExpr) -> str | None:
    """The numerator, if it counts a subset, by labels, of what the denominator counts, and no ``or`` guards it."""
    numerator, denominator = list(selectors(division.lhs)), list(selectors(division.rhs))
    if len(numerator) != 1 or len(denominator) != 1 or not (_is_rate(division.lhs) and _is_rate(division.rhs)):
        return None
    name, extra = metric(numerator[0]), set(matchers(numerator[0])) - set(matchers(denominator[0]))
    buckets_of_one = all(each.name == "le" for each in extra)  # they appear together; true of none as well
    if name is None or name != metric(denominator[0]) or buckets_of_one or "or" in operators(division.lhs):
        return None
    return f"{name}{{{', '.join(str(each) for each in matchers(numerator[0]) if each in extra)}}}"


CHECK = Check(
    id="promql/division-without-traffic",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="A counter with labels appears with its first event. If nothing has succeeded yet, or the process has just "
    "started, a success ratio cannot be computed, so a total outage does not fire the alert.",
    fix="alert on the failure ratio instead: sum(rate(BAD[5m])) / sum(rate(ALL[5m])) > 0.01; or add a zero to the "
    "numerator: (sum(rate(GOOD[5m])) or vector(0))",
    look=_look,
)
