"""routing/repeat-over-retention: notifications are repeated earlier than repeat_interval says."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.route_nodes import describe_route, nodes

_RETENTION_S = 120 * 3600  # the default of --data.retention, which the file does not show
_HOUR_S = 3600


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    """An inherited value is reported where it is set."""
    for node in nodes(monitoring.routing) if monitoring.routing else ():
        repeat_s = node.route.repeat_interval_s
        if "repeat_interval" in node.route.lines and repeat_s > _RETENTION_S:
            message = (
                f"{describe_route(node.route)} has a repeat_interval of {repeat_s / _HOUR_S:g}h, but Alertmanager "
                "forgets after 120h that it has notified (--data.retention, unless told otherwise)"
            )
            yield Spot(node.route.at("repeat_interval"), message)


CHECK = Check(
    id="routing/repeat-over-retention",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="The notification log forgets a notification at the end of its retention: Alertmanager then repeats it, "
    "however long repeat_interval is.",
    fix="set repeat_interval to at most 120h, or start Alertmanager with a longer --data.retention",
    look=_look,
)
