"""promql/raw-counter: a counter is compared with a number, without a rate."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.meaning.thresholds import Threshold, thresholds
from stackproof.alerts.promql.metric_names import is_counter_by_name, metric_types
from stackproof.alerts.promql.syntax_tree import SET_OPERATORS, conditions
from stackproof.model.monitoring import MetricType

_ABOVE = frozenset({">", ">=", "!="})
_KEEP_SERIES = frozenset({"sum", "max", "min", "avg", "topk", "bottomk"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    types = metric_types(monitoring)
    for rule, reading in alert_readings(monitoring):
        nodes = [each.node for each in reading.likely.walk()]
        if any(isinstance(node, pp.BinaryExpr) and str(node.op) in SET_OPERATORS - {"or"} for node in nodes):
            continue  # another condition may end it
        deciding = {id(node) for node in _deciding(reading.expression.tree)}
        for threshold in thresholds(reading.likely):
            name = _plain_counter(threshold) if id(threshold.node) in deciding else None
            if name is None or threshold.op not in _ABOVE or threshold.limit < 0:
                continue
            declared = types.get(name)
            if declared is None and not is_counter_by_name(name):
                continue
            if declared in {None, MetricType.COUNTER}:
                certain = declared is MetricType.COUNTER
                how = "which its exporter declares as a counter" if certain else "a counter by its name"
                yield Spot(
                    reading.at(threshold.node),
                    f"{rule.name} compares {name}, {how}, without rate or increase: once it fires it does not "
                    "resolve until the process restarts",
                    f"write increase({name}[1h]) {threshold.op} {threshold.limit:g}, or rate({name}[5m])",
                    Severity.ERROR if certain else Severity.WARNING,
                    Confidence.CERTAIN if certain else Confidence.LIKELY,
                )


def _deciding(tree: pp.Expr) -> Iterator[pp.BinaryExpr]:
    """The comparisons that decide whether there is a result; not those that guard a divisor against zero."""
    for condition in conditions(tree):
        yield condition.node
        if isinstance(condition.value, pp.AggregateExpr):
            yield from _deciding(condition.value)


def _plain_counter(threshold: Threshold) -> str | None:
    """The metric of a value that is a selector, maybe aggregated; None if it is anything else."""
    value = threshold.value
    while isinstance(value.node, pp.AggregateExpr) and str(value.node.op) in _KEEP_SERIES:
        value = value.inputs[-1]
    if not isinstance(value.node, pp.VectorSelector):
        return None
    names = threshold.metrics
    return next(iter(names)) if len(names) == 1 else None


CHECK = Check(
    id="promql/raw-counter",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    helped_by=(Needs.METRICS,),
    why="A counter only grows. The alert fires at the first event, stays for weeks, and hides every later event.",
    fix="compare the increase over the time that matters",
    look=_look,
)
