"""routing/never-matches: no alert of the rule files can reach a route."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.implication import contradictions, follow
from stackproof.alerts.routing.possible_labels import Sketch, all_hold, sketches
from stackproof.alerts.routing.tree import Node, named
from stackproof.model.alerting import Route


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    alerts = sketches(monitoring)
    if monitoring.routing is not None and alerts:
        yield from _below(Node(monitoring.routing.route), alerts)


def _below(node: Node, alerts: tuple[Sketch, ...]) -> Iterator[Spot]:
    """What is under a route that nothing reaches needs no word of its own."""
    able = [alert for alert in alerts if all_hold(node.matchers, alert) is not False]
    if not able and node.route.matchers:
        if not list(contradictions(node.matchers)):  # routing/unreachable-route
            yield Spot(node.route.at("matchers"), f"none of the {len(alerts)} alerts can match {named(node.route)}")
        return
    earlier = [_taken_before(node, alert) for alert in able]
    if able and None not in earlier and not any(follow(each.matchers, node.matchers) for each in node.before):
        lines = ", ".join(dict.fromkeys(str(each.where.line) for each in earlier if each))
        said = f"all of the {len(able)} alerts that match {named(node.route)} are taken by routes before (line {lines})"
        yield Spot(node.route.where, said, "move it up, or let the routes before it continue: true")
        return
    for child in node.children():
        yield from _below(child, alerts)


def _taken_before(node: Node, alert: Sketch) -> Route | None:
    """The sibling that takes the alert for certain, and does not go on."""
    return next((each for each in node.before if not each.goes_on and all_hold(each.matchers, alert)), None)


CHECK = Check(
    id="routing/never-matches",
    severity=Severity.WARNING,
    why="A label or a name in the route and in the rules differ: what the route was written for goes elsewhere.",
    fix="write the label in both files alike; take the route out where its alerts are gone",
    look=_look,
)
