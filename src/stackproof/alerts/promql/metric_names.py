"""What the name of a metric says about it, and what its exporters declare.

Source of the customs: https://prometheus.io/docs/practices/naming/, and names that common exporters use against them.
"""

import re
from collections.abc import Mapping

from stackproof.alerts.check import Monitoring
from stackproof.model.monitoring import ExportedMetric, MetricType

# Things of which there are some now; many exporters call their number a total.
_THINGS_THAT_ARE = re.compile(
    r".*(node|member|replica|broker|partition|instance|host|cpu|core|pod|container|volume|disk|user|account|group|queue"
    r"|topic|worker|thread|connection|slot|object|file|shard|indices|index|service|server|peer|device|session|table|row"
    r"|memory|space|capacity|size|bytes|swap|goroutine|task|job|lease|key|entrie|item|consumer|client|descriptor|seat"
    r"|license|address|availabilitie|migration|backend|endpoint|target|cluster|channel|subscription)s?_total"
)
# States that end.
_STATES = re.compile(
    r".*_(pending|active|current|open|running|waiting|unapplied|offline|online|available|unavailable|used|free|idle|busy"
    r"|healthy|unhealthy|ready|backed_up|allocatable|allocated|assigned|unassigned|in_use|in_flight|inflight|outstanding"
    r"|incidents|alerts|licensed|desired|expected)(_.*)?_total"
)
_EVENTS_OF_A_HISTOGRAM = re.compile(r"[^:]*_(seconds|milliseconds|duration|latency)_count")
_TIMES = re.compile(r".*(_timestamp|_timestamp_seconds|_timestamp_ms|_time_seconds|_created|_lastmod|_last_seen)")


def metric_types(monitoring: Monitoring) -> Mapping[str, MetricType]:
    """What exporters declare, by the name of the series; untyped for one that two exporters declare differently."""
    types: dict[str, MetricType] = {}
    for metric in monitoring.metrics or ():
        known = types.get(metric.name)
        types[metric.name] = metric.type if known in {None, metric.type} else MetricType.UNTYPED
    return types


def base_names_of_native_histograms(monitoring: Monitoring) -> set[str]:
    """The names of series that exporters expose as native histograms: the text shows no bucket of them but +Inf."""
    return {
        each.name.removesuffix("_bucket")
        for each in monitoring.metrics or ()
        if each.type is MetricType.HISTOGRAM and each.name.endswith("_bucket") and not has_finite_buckets(each)
    }


def has_finite_buckets(metric: ExportedMetric) -> bool:
    """Whether these are the buckets of a classic histogram."""
    return any(label == "le" and value != "+Inf" for series in metric.series for label, value in series)


def is_counter_by_name(name: str) -> bool:
    """Whether the name is a counter's: ``_seconds_count``, or ``_total`` of what is not a thing or state of now."""
    if _EVENTS_OF_A_HISTOGRAM.fullmatch(name):
        return True
    things = _THINGS_THAT_ARE.fullmatch(name) or _STATES.fullmatch(name)
    return name.endswith("_total") and ":" not in name and not things


def is_time_by_name(name: str) -> bool:
    """Whether the name is that of a time at which something happened: it grows, and restarts do not reset it."""
    return _TIMES.fullmatch(name) is not None
