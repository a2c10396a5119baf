"""promql/quantile-without-le: the aggregation inside a quantile drops the label that distinguishes the buckets."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.syntax_tree import aggregates, arguments, bare, calls, metrics, walk

_BUCKETS = re.compile(r".*_bucket(:.*)?")  # also as recorded: job:request_seconds_bucket:rate5m
_OF_VICTORIAMETRICS = "vmrange"  # its label of buckets (https://docs.victoriametrics.com/victoriametrics/metricsql/)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for call in calls(reading.expression.tree, frozenset({"histogram_quantile"})):
            buckets = bare(arguments(call)[1])
            classic = sorted(name for name in metrics(buckets) if _BUCKETS.fullmatch(name))
            other = _OF_VICTORIAMETRICS in reading.expression.text
            facts = reading.certain.of(buckets).facts
            if classic and not other and not facts.never and not facts.labels.can_have("le"):
                message = f"the quantile needs the label le of {classic[0]}, but {_culprit(buckets)} drops it"
                yield Spot(reading.at(call), message)


def _culprit(node: pp.Expr) -> str:
    """What drops the label."""
    aggregation = next((v.node for v in walk(node) if aggregates(v.node)), None)
    return f"{aggregation.op}" if isinstance(aggregation, pp.AggregateExpr) else "the expression"


CHECK = Check(
    id="promql/quantile-without-le",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="Without le Prometheus cannot distinguish the buckets: the quantile has no result, and an alert on it never "
    "fires.",
    fix="keep le in the aggregation: sum by (le) (...), or sum by (le, job) (...)",
    look=_look,
)
