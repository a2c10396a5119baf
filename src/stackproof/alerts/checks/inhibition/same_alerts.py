"""inhibition/same-alerts: source and target are the same alerts, so nothing is muted."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.implication import are_same


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule in monitoring.routing.inhibitions if monitoring.routing else ():
        if are_same(rule.source, rule.target):
            yield Spot(rule.where, "every alert that matches the source also matches the target, and vice versa")


CHECK = Check(
    id="inhibition/same-alerts",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="An alert that matches both sides is never muted by another one that does, so this inhibition mutes nothing.",
    fix="let source and target match different alerts, such as severity=critical and severity=warning",
    look=_look,
)
