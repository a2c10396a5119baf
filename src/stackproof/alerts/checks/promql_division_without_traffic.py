"""promql/division-without-traffic: a share of good events that is silent just when there are none."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import Expression, alerts
from stackproof.alerts.promql.tree import (
    RATES,
    Comparison,
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
            yield from _judged(expression, condition)


def _judged(expression: Expression, condition: Comparison) -> Iterator[Spot]:
    found = _division(condition.value, condition.op)
    if found is None:
        return
    division, op = found
    if op == "!=" and _is_rate(division.rhs):
        message = "without traffic the ratio is NaN, and NaN differs from every number: the alert fires"
        yield Spot(expression.where, message, "compare with > or <, which NaN never meets")
    elif op in _LOW and (good := _good_events(division)):
        message = (
            f"the alert asks for few {good} in all, but when all fail from the start there is no such series: "
            "the ratio is nothing, and the alert is silent"
        )
        yield Spot(expression.at(good.partition("{")[0]), message)


def _division(node: pp.Expr, op: str) -> tuple[pp.BinaryExpr, str] | None:
    """The division that decides, and how it is compared: `1 - a / b > 0.1` asks for a low `a / b`."""
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
    """What is counted above the line, where it is a part, by labels, of what is counted below, and no or guards it."""
    above, below = list(selectors(division.lhs)), list(selectors(division.rhs))
    if len(above) != 1 or len(below) != 1 or not (_is_rate(division.lhs) and _is_rate(division.rhs)):
        return None
    name, part = metric(above[0]), set(matchers(above[0])) - set(matchers(below[0]))
    if name is None or name != metric(below[0]) or not part or "or" in operators(division.lhs):
        return None
    return f"{name}{{{', '.join(str(each) for each in matchers(above[0]) if each in part)}}}"


CHECK = Check(
    id="promql/division-without-traffic",
    severity=Severity.WARNING,
    why="A counter with labels appears with its first event. Where nothing succeeded yet, or the process just started, "
    "a share of successes cannot be computed, so a total outage does not fire the alert.",
    fix="ask for the share of failures in place: sum(rate(BAD[5m])) / sum(rate(ALL[5m])) > 0.01; or give the part "
    "above the line a zero: (sum(rate(GOOD[5m])) or vector(0))",
    look=_look,
)
