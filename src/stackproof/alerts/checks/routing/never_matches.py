"""routing/never-matches: a route that no alert of the rule files can reach."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.implication import are_implied, contradictions
from stackproof.alerts.routing.possible_alerts import PossibleAlert, all_match_alert, possible_alerts
from stackproof.alerts.routing.route_nodes import RouteNode, describe_route
from stackproof.model.monitoring import Route


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    alerts = possible_alerts(monitoring)
    if monitoring.routing is not None and alerts:
        yield from _below(RouteNode(monitoring.routing.route), alerts)


def _below(node: RouteNode, alerts: tuple[PossibleAlert, ...]) -> Iterator[Spot]:
    """The routes below an unreachable one are not reported separately."""
    matching = [alert for alert in alerts if all_match_alert(node.matchers, alert) is not False]
    route = describe_route(node.route)
    if not matching and node.route.matchers:
        if not list(contradictions(node.matchers)):  # routing/unreachable-route
            yield Spot(node.route.at("matchers"), f"none of the {len(alerts)} alerts can match {route}")
        return
    earlier = [_handled_before(node, alert) for alert in matching]
    if matching and None not in earlier and not any(are_implied(each.matchers, node.matchers) for each in node.before):
        lines = ", ".join(dict.fromkeys(str(each.where.line) for each in earlier if each))
        message = f"earlier routes (line {lines}) handle all of the {len(matching)} alerts that match {route}"
        yield Spot(node.route.where, message, "move it up, or set continue: true on the earlier routes")
        return
    for child in node.children():
        yield from _below(child, alerts)


def _handled_before(node: RouteNode, alert: PossibleAlert) -> Route | None:
    """The earlier sibling that certainly handles the alert and ends the search."""
    return next((each for each in node.before if not each.continues and all_match_alert(each.matchers, alert)), None)


CHECK = Check(
    id="routing/never-matches",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER, Needs.RULES),
    why="A label or a name differs between the route and the rules, so the alerts meant for the route go elsewhere.",
    fix="use the same label in both files; remove the route if its alerts no longer exist",
    look=_look,
)
