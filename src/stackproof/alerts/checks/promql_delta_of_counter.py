"""promql/delta-of-counter: a function of gauges is given a value that falls to nothing at each restart."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import expressions
from stackproof.alerts.promql.tree import arguments, bare, calls, metric
from stackproof.model.alerting import MetricType

_OF_GAUGES = frozenset({"delta", "idelta", "deriv"})
_COUNTER_NAME = re.compile(r"[^:]*_total")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    types = {each.name: each.type for each in monitoring.metrics or ()}
    for expression in expressions(monitoring):
        for call in calls(expression.tree, _OF_GAUGES):
            samples = bare(arguments(call)[0])
            name = metric(samples.vector_selector) if isinstance(samples, pp.MatrixSelector) else None
            if name is None:
                continue
            named = name not in types and _COUNTER_NAME.fullmatch(name) is not None
            if named or types.get(name) is MetricType.COUNTER:
                how = "whose name is that of a counter" if named else "which its exporter says is a counter"
                yield Spot(expression.at(name), f"{call.func.name} of {name}, {how}")


CHECK = Check(
    id="promql/delta-of-counter",
    severity=Severity.WARNING,
    why="A counter falls to nothing when its process restarts: delta, idelta and deriv then show a huge fall, and what "
    "was counted is lost.",
    fix="take increase() in place of delta(), rate() in place of deriv(), irate() in place of idelta()",
    look=_look,
)
