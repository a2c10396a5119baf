"""Reverses ``continue`` of a route."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.route_edits import RoutePosition, edited, route_positions
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.routing.implication import contradictions
from stackproof.model.monitoring import Routing


def route_continue(routing: Routing) -> Iterator[RoutingEdit]:
    """Reverse ``continue`` of each route except the root."""
    for position in route_positions(routing.route):
        if position.path:
            after = replace(position.route, continues=not position.route.continues)
            yield edited(routing, position, "continue", after, _equivalent(position))


def _equivalent(position: RoutePosition) -> str:
    if not position.after:
        return "no route follows it"
    if all(any(contradictions((*position.matchers, *other.matchers))) for other in position.after):
        return "no alert matches both it and a later route"
    return ""
