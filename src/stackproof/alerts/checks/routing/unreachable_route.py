"""routing/unreachable-route: a route that no alert at all can reach."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.implication import are_implied, contradictions
from stackproof.alerts.routing.route_nodes import RouteNode, describe_route


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is not None:
        yield from _below(RouteNode(monitoring.routing.route))


def _below(node: RouteNode) -> Iterator[Spot]:
    """The routes below an unreachable one are not reported separately."""
    spot = _impossible(node) or _shadowed(node)
    if spot is not None:
        yield spot
        return
    for child in node.children():
        yield from _below(child)


def _impossible(node: RouteNode) -> Spot | None:
    for label in contradictions(node.matchers):
        required = " and ".join(str(each) for each in node.matchers if each.name == label)
        fix = f"require one value of {label}; write {label}=~'a|b' for several, or add a route for each"
        return Spot(node.route.at("matchers"), f"no alert can have {required}", fix)
    return None


def _shadowed(node: RouteNode) -> Spot | None:
    for sibling in node.before:
        if not sibling.continues and are_implied(sibling.matchers, node.matchers):
            first, second = describe_route(sibling), describe_route(node.route)
            message = f"{first} in line {sibling.where.line} handles every alert that {second} would match"
            return Spot(node.route.where, message)
    return None


CHECK = Check(
    id="routing/unreachable-route",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="Routes are tried from top to bottom, and the first match ends the search: this route is never used, and its "
    "receiver is never notified.",
    fix="move it before the other, or set continue: true on the other",
    look=_look,
)
