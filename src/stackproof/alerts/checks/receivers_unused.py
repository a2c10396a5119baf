"""receivers/unused: nobody is ever told there."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.tree import nodes


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
    why="Who set the receiver up believes to be told; a route was forgotten, or names another.",
    fix="add the route, or take the receiver out",
    look=_look,
)
