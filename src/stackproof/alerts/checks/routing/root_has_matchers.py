"""routing/root-has-matchers: the root route must match every alert."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity

_PARTS = ("mute_time_intervals", "active_time_intervals")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    root = monitoring.routing.route
    if root.matchers:
        listed = ", ".join(str(matcher) for matcher in root.matchers)
        yield Spot(root.at("matchers"), f"the root route has matchers: {listed}")
    for part in _PARTS if root.time_intervals else ():
        if part in root.lines:
            yield Spot(root.at(part), f"the root route has {part}", "move them to the routes below")


CHECK = Check(
    id="routing/root-has-matchers",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager rejects the whole file and keeps the old one, or does not start.",
    fix="move the matchers to a route below, and let the root handle the rest",
    look=_look,
)
