"""routing/delivers-twice: one receiver gets two notifications of one alert."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.broader_siblings import BroaderSiblings
from stackproof.alerts.routing.implication import by_label
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.route_nodes import describe_route, nodes
from stackproof.model import Location
from stackproof.model.monitoring import Route, Routing


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    after = {**_repeated(routing, AlertIndex(possible_alerts(monitoring))), **_overlapping(routing)}
    for node in nodes(routing) if after else ():
        first = after.get(node.route.where)
        if first:
            message = f"{describe_route(node.route)} notifies {node.route.receiver!r} again, after {first}"
            yield Spot(node.route.at("receiver"), message)


def _overlapping(routing: Routing) -> dict[Location, str]:
    """Routes behind a sibling with ``continue`` and the same receiver, of which one matches all that the other does."""
    found: dict[Location, str] = {}
    for node in nodes(routing):
        by_receiver: dict[str, list[Route]] = {}
        for child in node.route.routes:
            if not (child.routes or child.time_intervals) and child.complete:
                by_receiver.setdefault(child.receiver, []).append(child)
        for children in by_receiver.values():
            for first, second in _pairs(children):
                example = f"{describe_route(first)} in line {first.where.line}"
                found.setdefault(second.where, example)
    return found


def _pairs(children: list[Route]) -> Iterator[tuple[Route, Route]]:
    if len(children) == 1 or not any(child.continues for child in children):
        return
    broader = BroaderSiblings()
    order = {child.where: place for place, child in enumerate(children)}
    for child in children:
        broader.add(child)
    for child in children:
        for other in broader.of(by_label(child.matchers)):
            first, second = sorted((child, other), key=lambda each: order[each.where])
            if first.where != second.where and first.continues:
                yield first, second


def _repeated(routing: Routing, index: AlertIndex) -> dict[Location, str]:
    """Routes that surely deliver an alert to a receiver that already had it, with an example of each."""
    found: dict[Location, str] = {}
    notified: dict[str, int] = {}
    for arrival in index.arrivals(routing.route) if index.alerts else ():
        route, sure = arrival.route, arrival.alerts.sure
        if route.time_intervals:
            continue
        again = notified.get(route.receiver, 0) & sure
        if again:
            alert = next(index.of(again))
            found.setdefault(route.where, f"an earlier route (for {alert.rule.name})")
        notified[route.receiver] = notified.get(route.receiver, 0) | sure
    return found


CHECK = Check(
    id="routing/delivers-twice",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Two notifications of one alert look like two alerts, and people learn to ignore them.",
    fix="remove continue, or send one of the two to another receiver",
    look=_look,
    helped_by=(Needs.RULES,),
)
