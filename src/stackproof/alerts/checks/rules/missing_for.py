"""rules/missing-for: an alert on a fluctuating value that fires on the first sample."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, alerts
from stackproof.alerts.promql.syntax_tree import Visit, calls, conditions, metric, number, walk

_SHORT_S = 300.0
# The name of a recorded metric contains its window: https://prometheus.io/docs/practices/rules/#naming
_LONG_WINDOW = re.compile(r".*:.*?(([1-9]\d|[6-9])m|\d+[hdw])")
_FLUCTUATING = frozenset({"rate", "irate", "deriv"})
_SINGLE_SCRAPE = ("up", "probe_success")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule, expression in alerts(monitoring):
        if "for" in rule.lines or rule.for_s > 0:
            continue  # `for: 0m` shows that it is intended
        reason = _reason(expression)
        if reason:
            yield Spot(rule.where, f"{rule.name} has no for: {reason}")


def _reason(expression: Expression) -> str | None:
    """Why the expression may be true only briefly; None if it covers a longer time itself."""
    tree = expression.tree
    if any(call.func.name == "absent" for call in calls(tree)):
        return "absent() is true as soon as one scrape is late"
    visits = list(walk(tree))
    ranges_s = [_range_s(visit) for visit in visits if isinstance(visit.node, pp.MatrixSelector)]
    short = [seconds for seconds in ranges_s if seconds]
    if short and len(short) == len(ranges_s) and len(set(short)) == 1:
        return f"a short burst or pause moves a rate over {short[0]:g} s across the limit"
    if ranges_s or any(isinstance(visit.node, pp.SubqueryExpr) for visit in visits):
        return None
    names = [metric(visit.node) for visit in visits if isinstance(visit.node, pp.VectorSelector)]
    if any(_LONG_WINDOW.fullmatch(name or "") for name in names):
        return None
    if any(name in _SINGLE_SCRAPE or (name or "").endswith("_up") for name in names):
        return "one failed scrape fires it"
    return "a single sample across the limit fires it" if _is_level(expression) else None


def _range_s(visit: Visit) -> float:
    """Seconds of a short range in a function that follows every burst; 0 for any other range."""
    assert isinstance(visit.node, pp.MatrixSelector)  # noqa: S101 - for the types: the caller passes no other
    around = visit.parents[0] if visit.parents else None
    fluctuates = isinstance(around, pp.Call) and around.func.name in _FLUCTUATING
    range_s = visit.node.range.total_seconds()
    return range_s if fluctuates and range_s <= _SHORT_S else 0.0


def _is_level(expression: Expression) -> bool:
    """Whether it compares a measured level, not a state such as 0 or 1, nor an age (``time() - x``)."""
    if any(call.func.name in {"time", "timestamp", "predict_linear"} for call in calls(expression.tree)):
        return False
    compared = [each for each in conditions(expression.tree) if each.op in {"<", "<=", ">", ">="}]
    return any(each.bound not in {0.0, 1.0} and number(each.value) is None for each in compared)


CHECK = Check(
    id="rules/missing-for",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="One unusual sample pages somebody, and the alert is gone before they look. Soon nobody looks any more.",
    fix="add for: 5m, or the time that may pass before someone must act; for: 0m if none is intended",
    look=_look,
)
