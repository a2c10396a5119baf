"""dashboards/interval-in-rate: a rate over ``$__interval``, which may be shorter than two scrapes."""

import re
from collections.abc import Iterator
from datetime import timedelta

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import without_variables
from stackproof.alerts.promql.syntax_tree import RATES, arguments, bare, calls, parsed
from stackproof.declare.prometheus.syntax import duration_s

_INTERVAL = re.compile(r"\$__interval\b|\$\{__interval(?::\w+)?\}|\[\[__interval(?::\w+)?\]\]")
_MARK = timedelta(seconds=7919)  # a range that nobody writes
_TWO_SCRAPES_S = 30.0  # of 15 s, which Grafana takes for a data source that says nothing else
_OF_TWO_SAMPLES = RATES | {"delta", "idelta", "deriv"}


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for query in monitoring.dashboards:
        if not _INTERVAL.search(query.expr) or _is_long(query.least_interval):
            continue
        tree = parsed(without_variables(_INTERVAL.sub(f"{_MARK.total_seconds():.0f}s", query.expr)))
        call = None if tree is None else next((each for each in calls(tree, _OF_TWO_SAMPLES) if _is_marked(each)), None)
        if call is not None:
            yield Spot(
                query.where,
                f"panel {query.panel!r} of {query.dashboard!r} computes {call.func.name} over $__interval, which may "
                "be shorter than two scrapes",
            )


def _is_long(least_interval: str) -> bool:
    """Whether the panel sets a least interval that may be long enough; a variable may be."""
    if not least_interval:
        return False
    seconds = duration_s(least_interval.lstrip("><= "))
    return seconds is None or seconds >= _TWO_SCRAPES_S


def _is_marked(call: pp.Call) -> bool:
    ranged = bare(arguments(call)[0])
    return isinstance(ranged, pp.MatrixSelector) and ranged.range == _MARK


CHECK = Check(
    id="dashboards/interval-in-rate",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.DASHBOARDS,),
    why="A rate needs two samples. Zoomed in, $__interval is shorter than that, and the panel is empty.",
    fix="use $__rate_interval, which is at least four scrapes",
    look=_look,
)
