"""routing/repeat-shorter-than-group-interval: a repeat interval that Alertmanager cannot keep."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.route_nodes import describe_route, nodes
from stackproof.model.monitoring import Route


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for node in nodes(monitoring.routing) if monitoring.routing else ():
        part = _own_part(node.route)
        if part and node.route.repeat_interval_s < node.route.group_interval_s:
            message = (
                f"{describe_route(node.route)} has a repeat_interval of {node.route.repeat_interval_s:g} s, shorter "
                f"than its group_interval of {node.route.group_interval_s:g} s"
            )
            yield Spot(node.route.at(part), message)


def _own_part(route: Route) -> str:
    """The key that the route itself sets; inherited values are reported where they are set."""
    return next((part for part in ("repeat_interval", "group_interval") if part in route.lines), "")


CHECK = Check(
    id="routing/repeat-shorter-than-group-interval",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager repeats notifications at most once per group_interval: it cannot keep a shorter repeat_interval.",
    fix="make repeat_interval a multiple of group_interval",
    look=_look,
)
