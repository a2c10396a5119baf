"""routing/group-by-all: every alert is a separate notification."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.delivery import GROUP_BY_ALL
from stackproof.alerts.routing.route_nodes import describe_route, nodes


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for node in nodes(monitoring.routing) if monitoring.routing else ():
        if "group_by" in node.route.lines and GROUP_BY_ALL in node.route.group_by:
            yield Spot(node.route.at("group_by"), f"{describe_route(node.route)} groups by all labels")


CHECK = Check(
    id="routing/group-by-all",
    severity=Severity.INFO,
    confidence=Confidence.ADVICE,
    needs=(Needs.ALERTMANAGER,),
    why="Without groups, a fault that a hundred instances notice is a hundred notifications.",
    fix="group alerts that one person handles together: [alertname, cluster, service]; keep '...' if the receiver "
    "groups by itself",
    look=_look,
)
