"""promql/rate-of-gauge: a function of counters is given a value that goes up and down."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import expressions
from stackproof.alerts.promql.tree import RATES, arguments, bare, calls, metric
from stackproof.model.alerting import MetricType

# Exporters of old types their counters as gauges: a name that ends as a counter's is believed.
_COUNTER_NAME = re.compile(r".*_(total|count|sum|bucket|created)")
# Names that no counter has, by https://prometheus.io/docs/practices/naming/ and common exporters.
_GAUGE_NAME = re.compile(
    r"up|.*_(ratio|percent|percentage|celsius|temperature|info|up|timestamp_seconds|utili[sz]ation|in_use"
    r"|free_bytes|available_bytes|avail_bytes|resident_memory_bytes|usage_bytes|limit_bytes|working_set_bytes"
    r"|MemFree_bytes|MemAvailable_bytes|MemTotal_bytes|current_connections|queue_length|queue_size|replicas)"
)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    types = {each.name: each.type for each in monitoring.metrics or ()}
    for expression in expressions(monitoring):
        for call in calls(expression.tree, RATES):
            samples = bare(arguments(call)[0])
            name = metric(samples.vector_selector) if isinstance(samples, pp.MatrixSelector) else None
            if name is None or _COUNTER_NAME.fullmatch(name):
                continue
            function, where = call.func.name, expression.at(name)
            if types.get(name) is MetricType.GAUGE:
                yield Spot(where, f"{function} of {name}, which its exporter says is a gauge")
            elif name not in types and _GAUGE_NAME.fullmatch(name):
                message = f"{function} of {name}, whose name is that of a gauge"
                yield Spot(where, message, severity=Severity.WARNING)


CHECK = Check(
    id="promql/rate-of-gauge",
    severity=Severity.ERROR,
    why="rate, irate and increase take each fall for a restart of the process and add what was before: of a gauge they "
    "give growth that never was.",
    fix="take deriv() or delta() of a gauge, or compare it itself, or avg_over_time() of it",
    look=_look,
)
