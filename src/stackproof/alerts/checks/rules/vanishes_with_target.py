"""rules/vanishes-with-target: an alert on a low value whose series disappear when the target does."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, alerts
from stackproof.alerts.promql.syntax_tree import (
    RATES,
    NumberComparison,
    arguments,
    bare,
    calls,
    conditions,
    metric,
    metrics,
    operators,
    selectors,
)

_ABSENT = frozenset({"absent", "absent_over_time"})
_LOW = frozenset({"<", "<=", "=="})
_TIME = re.compile(r".*_seconds(_total)?")  # the rate of a time is a share, such as idle time
_GUARDS = frozenset({"or", "and", "unless"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    watched = _watched_for_absence(monitoring)
    for rule, expression in alerts(monitoring):
        if _GUARDS & operators(expression.tree) or any(True for _ in calls(expression.tree, _ABSENT)):
            continue  # an alternative, or a further condition that a lost target does not meet either
        for condition in conditions(expression.tree):
            if condition.op in _LOW:
                yield from _low_traffic(rule.name, expression, condition, watched)


def _watched_for_absence(monitoring: Monitoring) -> frozenset[str]:
    """The metrics whose absence fires some alert; ``up`` covers all targets."""
    found: set[str] = set()
    for _, expression in alerts(monitoring):
        for call in calls(expression.tree, _ABSENT):
            found |= metrics(call)
        found |= {name for name in metrics(expression.tree) if name == "up"}
    return frozenset(found)


def _low_traffic(
    name: str, expression: Expression, condition: NumberComparison, watched: frozenset[str]
) -> Iterator[Spot]:
    """``rate(x[5m]) == 0``: a process that is gone exports nothing, so there is no rate to compare."""
    value = bare(condition.value)
    inner = bare(value.expr) if isinstance(value, pp.AggregateExpr) else value
    if not isinstance(inner, pp.Call) or inner.func.name not in RATES or condition.bound < 0:
        return
    if condition.op == "<" and condition.bound == 0:
        return
    counted = next((metric(each) for each in selectors(arguments(inner)[0])), None)
    if counted is None or counted in watched or "up" in watched or _TIME.fullmatch(counted):
        return
    yield Spot(
        expression.at(counted),
        f"{name} alerts on too little traffic, but {counted} disappears with its target, and then the alert does not "
        "fire; no other alert of the given files covers that case",
        f"add an alert on absent({counted}), or on up == 0 for its job",
    )


CHECK = Check(
    id="rules/vanishes-with-target",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="In PromQL a missing series is not 0: without series there is no result, and without a result no alert fires. "
    "The worst case goes unnoticed.",
    fix="add absent(...) or vector(0) with or",
    look=_look,
)
