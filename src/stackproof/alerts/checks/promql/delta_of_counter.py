"""promql/delta-of-counter: a function for gauges is applied to a counter, which restarts from zero."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.metric_names import is_counter_by_name, metric_types
from stackproof.alerts.promql.syntax_tree import arguments, bare, calls, metric
from stackproof.model.monitoring import MetricType

_OF_GAUGES = frozenset({"delta", "idelta", "deriv"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    types = metric_types(monitoring)
    for reading in readings(monitoring):
        for call in calls(reading.expression.tree, _OF_GAUGES):
            samples = bare(arguments(call)[0])
            selector = samples.vector_selector if isinstance(samples, pp.MatrixSelector) else None
            name = metric(selector) if selector else None
            if selector is None or name is None:
                continue
            named = name not in types and is_counter_by_name(name)
            if named or types.get(name) is MetricType.COUNTER:
                how = "whose name says counter" if named else "which its exporter declares as a counter"
                yield Spot(reading.at(selector), f"{call.func.name} of {name}, {how}")


CHECK = Check(
    id="promql/delta-of-counter",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="A counter restarts from zero with its process: delta, idelta and deriv then show a huge drop, and the events "
    "counted before are lost.",
    fix="use increase() instead of delta(), rate() instead of deriv(), irate() instead of idelta()",
    look=_look,
    helped_by=(Needs.METRICS,),
)
