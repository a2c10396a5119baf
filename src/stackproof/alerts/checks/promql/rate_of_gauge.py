"""promql/rate-of-gauge: a function for counters is applied to a gauge."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.metric_names import is_time_by_name, metric_types
from stackproof.alerts.promql.syntax_tree import RATES, arguments, bare, calls, metric
from stackproof.model.monitoring import MetricType

# Many exporters declare counters as gauges, so a name that ends like a counter's, or like what events are called, is
# trusted.
_COUNTER_NAME = re.compile(
    r".*_(total|count|counter|sum|bucket|(requests|responses|errors|failures|failed|hits|misses|calls|operations|ops|events"
    r"|sent|received|transmitted|dropped|drops|octets|packets|bytes_(in|out|read|written)|reads|writes|read|written"
    r"|sectors|ticks|faults|interrupts|switches|commits?|committed|rollbacks?|restarts|retries|timeouts|evictions|queries"
    r"|messages|written_bytes|read_bytes|sent_bytes|received_bytes|seconds_total))"
)
# Names that only gauges have, by https://prometheus.io/docs/practices/naming/ and common exporters.
_GAUGE_NAME = re.compile(
    r"up|.*_(ratio|percent|percentage|celsius|temperature|info|up|utili[sz]ation|in_use"
    r"|free_bytes|available_bytes|avail_bytes|resident_memory_bytes|usage_bytes|limit_bytes|working_set_bytes"
    r"|MemFree_bytes|MemAvailable_bytes|MemTotal_bytes|current_connections|queue_length|queue_size|replicas)"
)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    types = metric_types(monitoring)
    for reading in readings(monitoring):
        for call in calls(reading.expression.tree, RATES):
            samples = bare(arguments(call)[0])
            selector = samples.vector_selector if isinstance(samples, pp.MatrixSelector) else None
            name = metric(selector) if selector else None
            if selector is None or name is None or _COUNTER_NAME.fullmatch(name) or is_time_by_name(name):
                continue
            function, where = call.func.name, reading.at(selector)
            if types.get(name) is MetricType.GAUGE:
                yield Spot(where, f"{function} of {name}, which its exporter declares as a gauge")
            elif name not in types and _GAUGE_NAME.fullmatch(name):
                message = f"{function} of {name}, whose name says gauge"
                yield Spot(where, message, severity=Severity.WARNING, confidence=Confidence.LIKELY)


CHECK = Check(
    id="promql/rate-of-gauge",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="rate, irate and increase take every drop for a restart of the process and add the value before it. Of a gauge "
    "they show growth that never happened.",
    fix="use deriv() or delta(), or compare the gauge itself or its avg_over_time()",
    look=_look,
    helped_by=(Needs.METRICS,),
)
