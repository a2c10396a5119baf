"""Swaps two neighbouring routes."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.fragment import route_fragment
from stackproof.alerts.mutants.edits.route_edits import RoutePosition, changed, route_positions
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.routing.implication import contradictions
from stackproof.model.monitoring import Route, Routing


def route_order(routing: Routing) -> Iterator[RoutingEdit]:
    """Swap each route with the next."""
    for position in route_positions(routing.route):
        if position.after:
            yield _swapped(routing, position, position.after[0])


def _swapped(routing: Routing, position: RoutePosition, other: Route) -> RoutingEdit:
    first, apart = position.path[-1], any(contradictions((*position.matchers, *other.matchers)))

    def swap(parent: Route) -> Route:
        routes = [*parent.routes]
        routes[first], routes[first + 1] = routes[first + 1], routes[first]
        return replace(parent, routes=tuple(routes))

    before = [route_fragment(position.route), route_fragment(other)]
    return RoutingEdit(
        owner=position.route.where,
        name=position.name,
        where=position.route.where,
        before="---\n".join(before),
        after="---\n".join(reversed(before)),
        routing=replace(routing, route=changed(routing.route, position.path[:-1], swap)),
        equivalent="no alert matches both" if apart else "",
    )
