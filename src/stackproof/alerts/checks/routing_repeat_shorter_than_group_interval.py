"""routing/repeat-shorter-than-group-interval: a repetition that cannot come when it says."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.tree import named, nodes
from stackproof.model.alerting import Route


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for node in nodes(monitoring.routing) if monitoring.routing else ():
        part = _own_part(node.route)
        if part and node.route.repeat_interval_s < node.route.group_interval_s:
            said = (
                f"{named(node.route)} repeats every {node.route.repeat_interval_s:g} s but looks at its groups only "
                f"every {node.route.group_interval_s:g} s"
            )
            yield Spot(node.route.at(part), said)


def _own_part(route: Route) -> str:
    """What the route says itself; what it takes over is said where it stands."""
    return next((part for part in ("repeat_interval", "group_interval") if part in route.lines), "")


CHECK = Check(
    id="routing/repeat-shorter-than-group-interval",
    severity=Severity.WARNING,
    why="Alertmanager asks whether to repeat only once in a group_interval: the shorter repeat_interval is not kept.",
    fix="make repeat_interval a multiple of group_interval",
    look=_look,
)
