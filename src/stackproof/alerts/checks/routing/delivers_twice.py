"""routing/delivers-twice: one receiver gets two notifications of one alert."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.implication import are_implied
from stackproof.alerts.routing.possible_alerts import PossibleAlert, possible_alerts, routes_of
from stackproof.alerts.routing.route_nodes import RouteNode, describe_route, nodes
from stackproof.model import Location
from stackproof.model.monitoring import Route


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    repeated = _repeated(monitoring.routing.route, possible_alerts(monitoring))
    for node in nodes(monitoring.routing):
        first = _overlapping(node) or repeated.get(node.route.where)
        if first:
            message = f"{describe_route(node.route)} notifies {node.route.receiver!r} again, after {first}"
            yield Spot(node.route.at("receiver"), message)


def _overlapping(node: RouteNode) -> str | None:
    """An earlier sibling with ``continue`` and the same receiver that matches all that this matches, or vice versa."""
    for first in node.before:
        same_receiver = first.receiver == node.route.receiver and not (first.routes or node.route.routes)
        timed = first.time_intervals or node.route.time_intervals
        matchers, others = node.route.matchers, first.matchers
        overlap = are_implied(others, matchers) or are_implied(matchers, others)
        if first.continues and same_receiver and not timed and overlap:
            return f"{describe_route(first)} in line {first.where.line}"
    return None


def _repeated(root: Route, alerts: tuple[PossibleAlert, ...]) -> dict[Location, str]:
    """Routes that deliver an alert to a receiver that already had it, by location, with an example of each."""
    found: dict[Location, str] = {}
    for alert in alerts:
        notified: set[str] = set()
        for route in routes_of(root, alert) or ():
            if route.time_intervals:
                continue
            if route.receiver in notified:
                found.setdefault(route.where, f"an earlier route (for {alert.rule.name})")
            notified.add(route.receiver)
    return found


CHECK = Check(
    id="routing/delivers-twice",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Two notifications of one alert look like two alerts, and people learn to ignore them.",
    fix="remove continue, or send one of the two to another receiver",
    look=_look,
)
