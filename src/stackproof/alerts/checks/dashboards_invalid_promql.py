"""dashboards/invalid-promql: a panel that shows an error."""

import re
from collections.abc import Iterator

import promql_parser

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import without_variables

_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`')
_RANGE = re.compile(r"\[\s*(?:\$\{?\w+\}?|\w+)\s*(?::\s*(?:\$\{?\w+\}?|\w+)?\s*)?\]")
_VARIABLE = re.compile(r"\$\w|\$\{|\[\[")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for query in monitoring.dashboards:
        complaint = _complaint(without_variables(query.expr))
        if complaint and _is_certain(query.expr):
            yield Spot(query.where, f"panel {query.panel!r} of {query.dashboard!r} asks no PromQL: {complaint}")


def _complaint(expr: str) -> str:
    try:
        promql_parser.parse(expr)
    except ValueError as error:
        return str(error)
    return ""


def _is_certain(expr: str) -> bool:
    """A variable outside of texts and ranges can stand for anything: a function, a matcher, half an expression."""
    return not _VARIABLE.search(_RANGE.sub("[5m]", _STRING.sub('""', expr)))


CHECK = Check(
    id="dashboards/invalid-promql",
    severity=Severity.ERROR,
    why="The panel shows an error in place of what it is for, and that is seen when it is needed.",
    fix="mend the expression; Grafana's Explore shows what Prometheus says to it",
    look=_look,
)
