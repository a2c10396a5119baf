"""rules/missing-for: an alert on what wavers, that fires at the first sample."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import Expression, alerts
from stackproof.alerts.promql.tree import Visit, calls, conditions, metric, number, walk

_SHORT_S = 300.0
# A recorded metric is named by its window: https://prometheus.io/docs/practices/rules/#naming
_LONG_WINDOW = re.compile(r".*:.*?(([1-9]\d|[6-9])m|\d+[hdw])")
_WAVERING = frozenset({"rate", "irate", "deriv"})
_SINGLE_SCRAPE = ("up", "probe_success")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule, expression in alerts(monitoring):
        if "for" in rule.lines or rule.for_s > 0:
            continue  # `for: 0m` says that it is meant
        reason = _reason(expression)
        if reason:
            yield Spot(rule.where, f"{rule.name} has no for, and {reason}")


def _reason(expression: Expression) -> str | None:
    """Why the expression may hold for a moment only; None where it looks back over a longer time itself."""
    tree = expression.tree
    if any(call.func.name == "absent" for call in calls(tree)):
        return "absent() holds as soon as one scrape is late"
    visits = list(walk(tree))
    ranges_s = [_range_s(visit) for visit in visits if isinstance(visit.node, pp.MatrixSelector)]
    short = [seconds for seconds in ranges_s if seconds]
    if short and len(short) == len(ranges_s) and len(set(short)) == 1:
        return f"a rate over {short[0]:g} s crosses a limit after a short burst or pause"
    if ranges_s or any(isinstance(visit.node, pp.SubqueryExpr) for visit in visits):
        return None
    names = [metric(visit.node) for visit in visits if isinstance(visit.node, pp.VectorSelector)]
    if any(_LONG_WINDOW.fullmatch(name or "") for name in names):
        return None
    if any(name in _SINGLE_SCRAPE or (name or "").endswith("_up") for name in names):
        return "one failed scrape makes it fire"
    return "a level may be crossed for one sample only" if _is_level(expression) else None


def _range_s(visit: Visit) -> float:
    """Seconds of a short range of a function that follows every burst; 0 for any other."""
    assert isinstance(visit.node, pp.MatrixSelector)  # noqa: S101 - for the types: the caller asks for none other
    around = visit.parents[0] if visit.parents else None
    follows = isinstance(around, pp.Call) and around.func.name in _WAVERING
    range_s = visit.node.range.total_seconds()
    return range_s if follows and range_s <= _SHORT_S else 0.0


def _is_level(expression: Expression) -> bool:
    """True where a measured level, and no state such as 0 or 1, is compared; an age (`time() - x`) only grows."""
    if any(call.func.name in {"time", "timestamp", "predict_linear"} for call in calls(expression.tree)):
        return False
    compared = [each for each in conditions(expression.tree) if each.op in {"<", "<=", ">", ">="}]
    return any(each.bound not in {0.0, 1.0} and number(each.value) is None for each in compared)


CHECK = Check(
    id="rules/missing-for",
    severity=Severity.WARNING,
    why="One odd sample calls somebody, and the alert is gone before they look: soon nobody looks any more.",
    fix="add for: 5m, or as long as may pass before someone must act; for: 0m says that none is meant",
    look=_look,
)
