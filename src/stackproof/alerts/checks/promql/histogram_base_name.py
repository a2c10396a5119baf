"""promql/histogram-base-name: a quantile of a name that a classic histogram has no series for."""

from collections.abc import Iterator, Mapping

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.promql.metric_names import metric_types
from stackproof.alerts.promql.syntax_tree import arguments, calls, metric, selectors
from stackproof.model import Location
from stackproof.model.monitoring import MetricType, RuleKind

_QUANTILES = frozenset({"histogram_quantile", "histogram_fraction"})
_PARTS = ("_sum", "_count", "_total")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    types = metric_types(monitoring)
    with_le = {each.name for each in monitoring.metrics or () if "le" in each.labels}
    known = with_le | {rule.name for rule in rules(monitoring, RuleKind.RECORD)}
    for reading in readings(monitoring):
        for call in calls(reading.expression.tree, _QUANTILES):
            for selector in selectors(arguments(call)[-1]):
                name = metric(selector)
                if name is not None and ":" not in name and name not in known:
                    yield from _examined(reading.at(selector), call.func.name, name, types)


def _examined(where: Location, function: str, name: str, types: Mapping[str, MetricType]) -> Iterator[Spot]:
    """A native histogram has a series of the base name, so without the exporter's metrics a base name is accepted."""
    base = next((name.removesuffix(part) for part in _PARTS if name.endswith(part)), None)
    if name not in types and types.get(f"{name}_bucket") is MetricType.HISTOGRAM:
        message = (
            f"{function} of {name}, but its exporter has a classic histogram: there is no series {name}, so there is "
            "no result"
        )
        yield Spot(where, message, f"use the buckets: rate({name}_bucket[5m])")
    elif base is not None:
        message = f"{function} of {name}, which has no buckets (no label le), so it has no result"
        certain = name in types
        yield Spot(
            where,
            message if certain else f"{function} of {name}: by its name it has no buckets (no label le), so no result",
            f"use the buckets: rate({base}_bucket[5m])",
            Severity.ERROR if certain else Severity.WARNING,
            Confidence.CERTAIN if certain else Confidence.LIKELY,
        )


CHECK = Check(
    id="promql/histogram-base-name",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    helped_by=(Needs.METRICS,),
    why="The quantile of a classic histogram is computed from its series NAME_bucket. Of any other name it has no "
    "result, and an alert on it never fires.",
    fix="use a rate of the buckets: histogram_quantile(0.95, sum by (le) (rate(NAME_bucket[5m])))",
    look=_look,
)
