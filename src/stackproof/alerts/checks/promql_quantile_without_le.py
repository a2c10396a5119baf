"""promql/quantile-without-le: the aggregation under a quantile drops the label that tells buckets apart."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import expressions
from stackproof.alerts.promql.labels import labels_of, recorded_labels
from stackproof.alerts.promql.tree import aggregates, arguments, calls, metrics, walk


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    recorded = recorded_labels(monitoring.groups)
    for expression in expressions(monitoring):
        for call in calls(expression.tree, frozenset({"histogram_quantile"})):
            buckets = arguments(call)[1]
            classic = sorted(name for name in metrics(buckets) if "_bucket" in name)
            if classic and not labels_of(buckets, recorded).can_have("le"):
                message = f"the quantile gets no label le of {classic[0]}: {_loser(buckets)} drops it"
                yield Spot(expression.at("histogram_quantile"), message)


def _loser(node: pp.Expr) -> str:
    """What drops the label, in words."""
    aggregation = next((v.node for v in walk(node) if aggregates(v.node)), None)
    return f"{aggregation.op}" if isinstance(aggregation, pp.AggregateExpr) else "the expression"


CHECK = Check(
    id="promql/quantile-without-le",
    severity=Severity.ERROR,
    why="Without le Prometheus cannot tell one bucket from another: the quantile is empty, and an alert on it never "
    "fires.",
    fix="keep le in the aggregation: sum by (le) (...), or sum by (le, job) (...)",
    look=_look,
)
