"""promql/raw-counter: a counter is compared with a number, without a rate."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.meaning.thresholds import Threshold, thresholds
from stackproof.alerts.promql.syntax_tree import SET_OPERATORS
from stackproof.model.monitoring import MetricType

_ABOVE = frozenset({">", ">=", "!="})
_KEEP_SERIES = frozenset({"sum", "max", "min", "avg", "topk", "bottomk"})
# Things of which there are some now; many exporters call their number a total.
_THINGS_THAT_ARE = re.compile(
    r".*(node|member|replica|broker|partition|instance|host|cpu|core|pod|container|volume|disk|user|account|group|queue"
    r"|topic|worker|thread|connection|slot|object|file|shard|indices|index|service|server|peer|device|session|table|row"
    r"|memory|space|capacity|size|bytes|swap|goroutine|task|job|lease|key|entrie|item|consumer|client|descriptor)s?_total"
)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    types = {each.name: each.type for each in monitoring.metrics or ()}
    for rule, reading in alert_readings(monitoring):
        nodes = [each.node for each in reading.likely.walk()]
        if any(isinstance(node, pp.BinaryExpr) and str(node.op) in SET_OPERATORS - {"or"} for node in nodes):
            continue  # another condition may end it
        for threshold in thresholds(reading.likely):
            name = _plain_counter(threshold)
            if name is None or threshold.op not in _ABOVE or threshold.limit < 0:
                continue
            declared = types.get(name)
            if declared is None and not _is_counter_by_name(name):
                continue
            if declared in {None, MetricType.COUNTER}:
                certain = declared is MetricType.COUNTER
                yield Spot(
                    reading.at(threshold.node),
                    f"{rule.name} compares {name}, a counter, without rate or increase: once it fires it does not "
                    "resolve until the process restarts",
                    f"write increase({name}[1h]) {threshold.op} {threshold.limit:g}, or rate({name}[5m])",
                    Severity.ERROR if certain else Severity.WARNING,
                    Confidence.CERTAIN if certain else Confidence.LIKELY,
                )


def _plain_counter(threshold: Threshold) -> str | None:
    """The metric of a value that is a selector, maybe aggregated; None if it is anything else."""
    value = threshold.value
    while isinstance(value.node, pp.AggregateExpr) and str(value.node.op) in _KEEP_SERIES:
        value = value.inputs[-1]
    if not isinstance(value.node, pp.VectorSelector):
        return None
    names = threshold.metrics
    return next(iter(names)) if len(names) == 1 else None


def _is_counter_by_name(name: str) -> bool:
    return name.endswith("_total") and ":" not in name and not _THINGS_THAT_ARE.fullmatch(name)


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
