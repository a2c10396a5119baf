"""rules/duplicate: the same alert is declared twice."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import alerts
from stackproof.model.monitoring import Rule

_MILD = (Severity.INFO, Confidence.ADVICE)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    first: dict[tuple[object, ...], Rule] = {}
    for rule, expression in alerts(monitoring):
        same = (rule.name, frozenset(rule.labels.items()), expression.tree.prettify())
        if same in first:
            message = f"{rule.name} is declared twice with the same expression and labels; first at {first[same].where}"
            if first[same].where.file == rule.where.file:
                yield Spot(rule.where, message)
            else:
                yield Spot(rule.where, f"{message}: if one Prometheus loads both files", "", *_MILD)
        first.setdefault(same, rule)


CHECK = Check(
    id="rules/duplicate",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="Both fire as one alert: a change to one of them seems to have no effect, and if their waits differ the alert "
    "flaps.",
    fix="keep one, or distinguish them by a label",
    look=_look,
)
