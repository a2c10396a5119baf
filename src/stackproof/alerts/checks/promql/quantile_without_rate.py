"""promql/quantile-without-rate: a quantile of everything counted since the start."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import Reading, readings
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.promql.metric_names import metric_types
from stackproof.alerts.promql.syntax_tree import RATES, Visit, arguments, calls, metric, walk
from stackproof.model.monitoring import MetricType, RuleKind

_OVER_TIME = RATES | {"delta", "idelta"}


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    types = metric_types(monitoring)
    recorded = frozenset(rule.name for rule in rules(monitoring, RuleKind.RECORD))
    accepted = recorded.union(name for name, kind in types.items() if kind is not MetricType.HISTOGRAM)
    for reading in readings(monitoring):
        for call in calls(reading.expression.tree, frozenset({"histogram_quantile"})):
            for visit in walk(arguments(call)[1]):
                yield from _examined(reading, visit, accepted)


def _examined(reading: Reading, visit: Visit, accepted: frozenset[str]) -> Iterator[Spot]:
    """Recorded metrics may be rates already, and the buckets of a gauge histogram are those of now."""
    name = metric(visit.node) if isinstance(visit.node, pp.VectorSelector) else None
    if name is None or not name.endswith("_bucket") or ":" in name or name in accepted:
        return
    over_time = any(isinstance(each, pp.Call) and each.func.name in _OVER_TIME for each in visit.parents)
    if not over_time and not _subqueried(visit) and not _subtracted(visit):
        message = f"the quantile covers everything that {name} counted since its process started: there is no rate"
        yield Spot(reading.at(visit.node), message, f"write rate({name}[5m]) inside the aggregation by le")


def _subqueried(visit: Visit) -> bool:
    return any(isinstance(each, pp.SubqueryExpr) for each in visit.parents)


def _subtracted(visit: Visit) -> bool:
    """Whether it is part of a difference, such as ``x_bucket - x_bucket offset 1h``."""
    return any(isinstance(each, pp.BinaryExpr) and str(each.op) == "-" for each in visit.parents)


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
