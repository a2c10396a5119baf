"""promql/quantile-without-rate: a quantile of everything counted since the start, or of a metric without buckets."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, expressions
from stackproof.alerts.promql.syntax_tree import RATES, Visit, arguments, calls, metric, walk

_OVER_TIME = RATES | {"delta", "idelta"}
_NO_BUCKETS = ("_sum", "_count", "_total")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for expression in expressions(monitoring):
        for call in calls(expression.tree, frozenset({"histogram_quantile"})):
            for visit in walk(arguments(call)[1]):
                yield from _examined(expression, visit)


def _examined(expression: Expression, visit: Visit) -> Iterator[Spot]:
    """Other names may be native histograms or recorded metrics, and are accepted."""
    name = metric(visit.node) if isinstance(visit.node, pp.VectorSelector) else None
    if name is None or ":" in name:
        return
    over_time = any(isinstance(each, pp.Call) and each.func.name in _OVER_TIME for each in visit.parents)
    if name.endswith("_bucket") and not over_time and not _subqueried(visit):
        message = f"the quantile covers everything that {name} counted since its process started: there is no rate"
        yield Spot(expression.at(name), message, f"write rate({name}[5m]) inside the aggregation by le")
    elif name.endswith(_NO_BUCKETS):
        base = name.rpartition("_")[0]
        message = f"the quantile is of {name}, which has no buckets (no label le), so it has no result"
        yield Spot(expression.at(name), message, f"use the buckets: rate({base}_bucket[5m])")


def _subqueried(visit: Visit) -> bool:
    return any(isinstance(each, pp.SubqueryExpr) for each in visit.parents)


CHECK = Check(
    id="promql/quantile-without-rate",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="Buckets only grow. Without a rate, one slow hour is lost among all the fast days before it: an alert on it "
    "fires late or never, and then does not resolve.",
    fix="use a rate of the buckets: histogram_quantile(0.95, sum by (le) (rate(NAME_bucket[5m])))",
    look=_look,
)
