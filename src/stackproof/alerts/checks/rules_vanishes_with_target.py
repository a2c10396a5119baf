"""rules/vanishes-with-target: an alert on little or nothing, whose series are gone just then."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import Expression, alerts
from stackproof.alerts.promql.tree import (
    RATES,
    Comparison,
    aggregates,
    arguments,
    bare,
    calls,
    comparison,
    conditions,
    metric,
    metrics,
    operators,
    selectors,
)

_ABSENT = frozenset({"absent", "absent_over_time"})
_LOW = frozenset({"<", "<=", "=="})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    watched = _watched(monitoring)
    for rule, expression in alerts(monitoring):
        if "or" in operators(expression.tree) or any(True for _ in calls(expression.tree, _ABSENT)):
            continue
        for condition in conditions(expression.tree):
            if condition.op in _LOW:
                yield from _of_filtered(rule.name, expression, condition)
                yield from _of_traffic(rule.name, expression, condition, watched)


def _watched(monitoring: Monitoring) -> frozenset[str]:
    """The metrics whose absence some alert tells of; ``up`` stands for all targets."""
    found: set[str] = set()
    for _, expression in alerts(monitoring):
        for call in calls(expression.tree, _ABSENT):
            found |= metrics(call)
        found |= {name for name in metrics(expression.tree) if name == "up"}
    return frozenset(found)


def _of_filtered(name: str, expression: Expression, condition: Comparison) -> Iterator[Spot]:
    """`count(x == 1) < 1`: where no series passes the inner filter there is no count, not a count of 0."""
    aggregation = bare(condition.value)
    if not isinstance(aggregation, pp.AggregateExpr):
        return
    least = _least(aggregation)
    if least is None or not _is_below(condition, least):
        return
    fix = f"give it a zero: ({aggregation.op}(...) or vector(0)) {condition.op} {condition.bound:g}"
    message = (
        f"{name} can never fire: what {aggregation.op} gives is at least {least:g}, and nothing where no series is left"
    )
    yield Spot(expression.at(str(aggregation.op)), message, fix)


def _least(aggregation: pp.AggregateExpr) -> float | None:
    """The least that an aggregation gives, where it is known to be more than nothing."""
    if aggregates(aggregation, "count", "group"):
        return 1.0
    inner = comparison(aggregation.expr)
    if inner is None or inner.op not in {"==", ">", ">="} or inner.bound <= 0:
        return None
    return inner.bound if aggregates(aggregation, "sum", "min", "max", "avg") else None


def _is_below(condition: Comparison, least: float) -> bool:
    """True where the comparison asks for what is less than the least."""
    return condition.bound <= least if condition.op == "<" else condition.bound < least


def _of_traffic(name: str, expression: Expression, condition: Comparison, watched: frozenset[str]) -> Iterator[Spot]:
    """`rate(x[5m]) == 0`: a process that is gone counts no more, and has no rate either."""
    value = bare(condition.value)
    inner = bare(value.expr) if isinstance(value, pp.AggregateExpr) else value
    if not isinstance(inner, pp.Call) or inner.func.name not in RATES or condition.bound < 0:
        return
    counted = next((metric(each) for each in selectors(arguments(inner)[0])), None)
    if counted is None or counted in watched or "up" in watched:
        return
    yield Spot(
        expression.at(counted),
        f"{name} is to tell that too little happens, but when its target is gone {counted} is gone, too, and it is "
        "silent; no alert here tells of that",
        f"add an alert on absent({counted}), or on up == 0 for its job",
        Severity.WARNING,
    )


CHECK = Check(
    id="rules/vanishes-with-target",
    severity=Severity.ERROR,
    why="In PromQL nothing is not 0: where there is no series there is no result, and without a result no alert fires. "
    "The worst case is the one that is not told.",
    fix="add absent(...) or vector(0) by or",
    look=_look,
)
