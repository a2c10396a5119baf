"""routing/delivers-twice: one alert, one receiver, two messages."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.implication import follow
from stackproof.alerts.routing.possible_labels import Sketch, routes_of, sketches
from stackproof.alerts.routing.tree import Node, named, nodes
from stackproof.model import Location
from stackproof.model.alerting import Route


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    seen = _seen(monitoring.routing.route, sketches(monitoring))
    for node in nodes(monitoring.routing):
        first = _overlapping(node) or seen.get(node.route.where)
        if first:
            said = f"{named(node.route)} tells {node.route.receiver!r} again of what {first} told it"
            yield Spot(node.route.at("receiver"), said)


def _overlapping(node: Node) -> str | None:
    """An earlier sibling that goes on, tells the same receiver, and takes all that this takes, or the reverse."""
    for first in node.before:
        alike = first.receiver == node.route.receiver and not (first.routes or node.route.routes)
        at_times = first.muted or node.route.muted
        matchers, others = node.route.matchers, first.matchers
        if first.goes_on and alike and not at_times and (follow(others, matchers) or follow(matchers, others)):
            return f"{named(first)} in line {first.where.line}"
    return None


def _seen(root: Route, alerts: tuple[Sketch, ...]) -> dict[Location, str]:
    """Routes that take an alert to a receiver that was told of it, by their place, with an alert for each."""
    found: dict[Location, str] = {}
    for alert in alerts:
        told: set[str] = set()
        for route in routes_of(root, alert) or ():
            if route.muted:
                continue
            if route.receiver in told:
                found.setdefault(route.where, f"an earlier route, for {alert.rule.name},")
            told.add(route.receiver)
    return found


CHECK = Check(
    id="routing/delivers-twice",
    severity=Severity.WARNING,
    why="Two messages of one alert look like two alerts; whoever gets them learns to look away.",
    fix="take out continue, or send one of the two elsewhere",
    look=_look,
)
