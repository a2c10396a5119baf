"""promql/histogram-base-name: a quantile of a name that a classic histogram has no series for."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.promql.metric_names import has_finite_buckets
from stackproof.alerts.promql.syntax_tree import arguments, calls, metric, selectors
from stackproof.model import Location
from stackproof.model.monitoring import ExportedMetric, MetricType, RuleKind

_QUANTILES = frozenset({"histogram_quantile", "histogram_fraction"})
_PARTS = ("_sum", "_count", "_total")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    exported = {each.name for each in monitoring.metrics or ()}
    with_le = {each.name for each in monitoring.metrics or () if "le" in each.labels}
    classic = {each.name.removesuffix("_bucket") for each in monitoring.metrics or () if _is_classic(each)} - exported
    known = with_le | {rule.name for rule in rules(monitoring, RuleKind.RECORD)}
    for reading in readings(monitoring):
        for call in calls(reading.expression.tree, _QUANTILES):
            for selector in selectors(arguments(call)[-1]):
                name = metric(selector)
                if name in classic and name not in known:
                    yield Spot(
                        reading.at(selector),
                        f"{call.func.name} of {name}, but its exporter has a classic histogram: no series has this "
                        "name, so there is no result, unless Prometheus scrapes it as a native one",
                        f"use the buckets: rate({name}_bucket[5m])",
                    )
                elif name is not None and ":" not in name and name not in known and name.endswith(_PARTS):
                    yield _without_buckets(reading.at(selector), call.func.name, name, certain=name in exported)


def _is_classic(metric: ExportedMetric) -> bool:
    return metric.type is MetricType.HISTOGRAM and metric.name.endswith("_bucket") and has_finite_buckets(metric)


def _without_buckets(where: Location, function: str, name: str, *, certain: bool) -> Spot:
    fix = f"use the buckets: rate({name.rpartition('_')[0]}_bucket[5m])"
    if certain:
        message = f"{function} of {name}, which has no buckets (no label le), so it has no result"
        return Spot(where, message, fix, Severity.ERROR, Confidence.CERTAIN)
    return Spot(where, f"{function} of {name}: by its name it has no buckets (no label le), so it has no result", fix)


CHECK = Check(
    id="promql/histogram-base-name",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    helped_by=(Needs.METRICS,),
    why="The quantile of a classic histogram is computed from its series NAME_bucket. Of any other name it has no "
    "result, and an alert on it never fires.",
    fix="use a rate of the buckets: histogram_quantile(0.95, sum by (le) (rate(NAME_bucket[5m])))",
    look=_look,
)
