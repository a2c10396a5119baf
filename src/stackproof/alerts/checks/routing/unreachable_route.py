"""routing/unreachable-route: a route that no alert at all can reach."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.broader_siblings import BroaderSiblings
from stackproof.alerts.routing.implication import ByLabel, by_label, impossible_labels
from stackproof.alerts.routing.route_nodes import RouteNode, describe_route, shown
from stackproof.model.monitoring import Route

_FIX_ALL = "put the matchers into the same list item as the receiver, or move this route to the end"


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    """The routes below an unreachable one are not reported separately."""
    waiting = [RouteNode(monitoring.routing.route)] if monitoring.routing else []
    while waiting:
        above = waiting.pop()
        earlier, reached = BroaderSiblings(), []
        for node in above.children():
            given = by_label(node.matchers)
            spot = _impossible(node, given) or _shadowed(node, given, earlier)
            if spot is not None:
                yield spot
                continue
            reached.append(node)
            if _takes_all(node.route):
                yield from _hidden_by(node, above.route)
                break
            if not node.route.continues and node.route.complete:
                earlier.add(node.route)
        waiting += reversed(reached)


def _impossible(node: RouteNode, given: ByLabel) -> Spot | None:
    for label in impossible_labels(given):
        required = shown(" and ".join(str(each) for each in given[label]))
        fix = f"require one value of {label}; write {label}=~'a|b' for several, or add a route for each"
        return Spot(node.route.at("matchers"), f"no alert can have {required}", fix)
    return None


def _shadowed(node: RouteNode, given: ByLabel, earlier: BroaderSiblings) -> Spot | None:
    broader = min(earlier.of(given), key=lambda route: route.where.line or 0, default=None)
    if broader is None:
        return None
    first, second = describe_route(broader), describe_route(node.route)
    message = f"{first} in line {broader.where.line} handles every alert that {second} would match"
    if broader.time_intervals and node.route.time_intervals:
        message += ", also while its time intervals mute it: then nobody is notified"
    return Spot(node.route.where, message)


def _takes_all(route: Route) -> bool:
    return not route.matchers and route.complete and not route.continues


def _hidden_by(node: RouteNode, above: Route) -> Iterator[Spot]:
    """One finding for all routes after one without matchers."""
    hidden = above.routes[node.place + 1 :]
    if hidden:
        lines = f"line {hidden[0].where.line}" if len(hidden) == 1 else f"lines {_lines(hidden)}"
        message = f"this route has no matchers and takes every alert: the later routes ({lines}) are never reached"
        yield Spot(node.route.where, message, _FIX_ALL)


def _lines(routes: tuple[Route, ...]) -> str:
    first, last = routes[0].where.line, routes[-1].where.line
    return f"{first} to {last}"


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
