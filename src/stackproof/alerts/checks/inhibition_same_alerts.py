"""inhibition/same-alerts: source and target are the same alerts, so that nothing is silenced."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.implication import follow


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule in monitoring.routing.inhibitions if monitoring.routing else ():
        if follow(rule.source, rule.target) and follow(rule.target, rule.source):
            yield Spot(rule.where, "whatever matches the source matches the target too, and the reverse")


CHECK = Check(
    id="inhibition/same-alerts",
    severity=Severity.WARNING,
    why="Alertmanager lets no alert that matches both sides be silenced by another that does: this one silences none.",
    fix="let source and target ask for different alerts, as severity=critical and severity=warning",
    look=_look,
)
