"""receivers/unused: a receiver that no route uses."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.route_nodes import nodes


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    named = {node.route.receiver for node in nodes(monitoring.routing)}
    for receiver in monitoring.routing.receivers:
        if receiver.name not in named and receiver.integrations:
            yield Spot(receiver.where, f"no route names the receiver {receiver.name!r}")


CHECK = Check(
    id="receivers/unused",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Its owner expects notifications, but a route was forgotten or names another receiver.",
    fix="add the route, or remove the receiver",
    look=_look,
)
