"""routing/no-group-by: alerts of all kinds are one message."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is not None and not routing.route.group_by:
        ungrouped = [child for child in routing.route.routes if not child.group_by]
        if ungrouped or not routing.route.routes:
            yield Spot(routing.route.where, "the root has no group_by: all alerts of a route are one group")


CHECK = Check(
    id="routing/no-group-by",
    severity=Severity.INFO,
    why="A new alert waits for group_interval (5m unless told otherwise) behind any that fires already, and the "
    "message has no common label to say what it is about.",
    fix="add group_by: [alertname], and what else tells one fault from another",
    look=_look,
)
