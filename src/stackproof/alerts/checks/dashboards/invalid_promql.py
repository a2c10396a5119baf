"""dashboards/invalid-promql: a panel that shows an error."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import without_variables
from stackproof.declare.prometheus.syntax import PromqlNotReadError, PromqlSyntaxError, parse_expression

_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`')
_RANGE = re.compile(r"\[\s*(?:\$\{?\w+\}?|\w+)\s*(?::\s*(?:\$\{?\w+\}?|\w+)?\s*)?\]")
_VARIABLE = re.compile(r"\$\w|\$\{|\[\[")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for query in monitoring.dashboards:
        try:
            parse_expression(without_variables(query.expr))
        except PromqlNotReadError as error:
            message = f"the query of panel {query.panel!r} in {query.dashboard!r} is not checked: {error}"
            yield Spot(query.where, message, "try it in Prometheus", Severity.INFO)
        except PromqlSyntaxError as error:
            if _is_certain(query.expr):
                message = f"the query of panel {query.panel!r} in {query.dashboard!r} is not PromQL: {error}"
                yield Spot(query.where, message)


def _is_certain(expr: str) -> bool:
    """Whether variables occur only in strings and ranges: elsewhere they can stand for any part of an expression."""
    return not _VARIABLE.search(_RANGE.sub("[5m]", _STRING.sub('""', expr)))


CHECK = Check(
    id="dashboards/invalid-promql",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.DASHBOARDS,),
    why="The panel shows an error instead of data, and that is noticed only when it is needed.",
    fix="correct the expression; Grafana's Explore shows the error that Prometheus gives",
    look=_look,
)
