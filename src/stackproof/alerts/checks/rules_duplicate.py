"""rules/duplicate: the same alert twice."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import alerts
from stackproof.model.alerting import Rule


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    first: dict[tuple[object, ...], Rule] = {}
    for rule, expression in alerts(monitoring):
        same = (rule.name, frozenset(rule.labels.items()), expression.tree.prettify())
        if same in first:
            message = f"{rule.name} is there twice, expression, labels and all; first at {first[same].where}"
            yield Spot(rule.where, message)
        first.setdefault(same, rule)


CHECK = Check(
    id="rules/duplicate",
    severity=Severity.WARNING,
    why="Both fire as one alert: a change of one of them seems to do nothing, and where their times differ the alert "
    "flaps between them.",
    fix="keep one, or tell them apart by a label",
    look=_look,
)
