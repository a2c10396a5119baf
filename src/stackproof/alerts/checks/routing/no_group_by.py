"""routing/no-group-by: unrelated alerts share one notification."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is not None and not routing.route.group_by:
        ungrouped = [child for child in routing.route.routes if not child.group_by]
        if ungrouped or not routing.route.routes:
            yield Spot(routing.route.where, "the root route has no group_by: all alerts of a route form one group")


CHECK = Check(
    id="routing/no-group-by",
    severity=Severity.INFO,
    confidence=Confidence.ADVICE,
    needs=(Needs.ALERTMANAGER,),
    why="A new alert waits for group_interval (5m by default) behind any alert that already fires, and the "
    "notification has no common label that names the problem.",
    fix="add group_by: [alertname], and further labels that distinguish one fault from another",
    look=_look,
)
