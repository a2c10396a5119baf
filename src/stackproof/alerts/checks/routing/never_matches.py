"""routing/never-matches: a route that no alert of the rule files can reach."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.broader_siblings import BroaderSiblings
from stackproof.alerts.routing.implication import by_label, contradictions
from stackproof.alerts.routing.mismatch import reason, unmatched, wider
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.route_nodes import RouteNode, describe_route
from stackproof.model.monitoring import Route

_MANY = 3


@dataclass(slots=True)
class _Earlier:
    """The siblings before a route, as far as they end the search.

    Attributes:
        takers: Those that took some alert first, with these alerts.
        taken: All alerts that they took.
        broader: For what routing/unreachable-route reports.
    """

    takers: list[tuple[Route, int]] = field(default_factory=list)
    taken: int = 0
    broader: BroaderSiblings = field(default_factory=BroaderSiblings)

    def add(self, route: Route, alerts: int) -> None:
        """Add the next sibling with the alerts that it surely takes."""
        if route.continues or not route.complete:
            return
        self.broader.add(route)
        if alerts & ~self.taken:
            self.takers.append((route, alerts & ~self.taken))
            self.taken |= alerts


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    index = AlertIndex(possible_alerts(monitoring))
    if monitoring.routing is None or not index.alerts:
        return
    root = RouteNode(monitoring.routing.route)
    waiting = [(root, index.of_route(root.route).possible)]
    while waiting:
        above, possible = waiting.pop()
        earlier, reached = _Earlier(), []
        for node in above.children():
            own = index.of_route(node.route)
            spot = _look_at(node, possible & own.possible, earlier, index)
            earlier.add(node.route, own.sure)
            if spot is not None:
                yield spot
            elif possible & own.possible:
                reached.append((node, possible & own.possible))
        waiting += reversed(reached)


def _look_at(node: RouteNode, possible: int, earlier: _Earlier, index: AlertIndex) -> Spot | None:
    """The routes below an unreachable one are not reported separately."""
    if not possible:
        return _unmatched(node, index)
    if possible & ~earlier.taken or next(earlier.broader.of(by_label(node.matchers)), None):
        return None
    lines = [str(route.where.line) for route, alerts in earlier.takers if alerts & possible]
    more = ", ..." if len(lines) > _MANY else ""
    message = (
        f"earlier routes (line {', '.join(lines[:_MANY])}{more}) handle all of the {possible.bit_count()} alerts that "
        f"match {describe_route(node.route)}"
    )
    return Spot(node.route.where, message, "move it up, or set continue: true on the earlier routes")


def _unmatched(node: RouteNode, index: AlertIndex) -> Spot | None:
    if not node.route.matchers or list(contradictions(node.matchers)):  # routing/unreachable-route
        return None
    message = f"none of the {len(index.alerts)} alerts can match {describe_route(node.route)}"
    place = unmatched(node.route.matchers, index)
    if place is None:
        return Spot(node.route.at("matchers"), message)
    matcher = node.route.matchers[place]
    why = reason(matcher, index)
    pattern = wider(matcher, index)
    if pattern is not None:
        why = f"a pattern must match the whole value, and {why or 'this one matches only parts of values'}"
    fix = f"add .* where the value goes on: write '{pattern}'" if pattern else ""
    return Spot(node.route.at(f"matchers.{place}"), f"{message}: {why}" if why else message, fix)


CHECK = Check(
    id="routing/never-matches",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER, Needs.RULES),
    why="A label or a name differs between the route and the rules, so the alerts meant for the route go elsewhere.",
    fix="use the same label in both files; remove the route if its alerts no longer exist",
    look=_look,
)
