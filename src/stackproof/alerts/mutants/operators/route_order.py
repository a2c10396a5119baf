"""Two routes that stand beside each other, the other way round."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.fragment import route_fragment
from stackproof.alerts.mutants.edits.routes import Place, changed, places
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.routing.implication import contradictions
from stackproof.model.alerting import Route, Routing


def route_order(routing: Routing) -> Iterator[RoutingEdit]:
    """Swap each route with the next."""
    for place in places(routing.route):
        if place.after:
            yield _swapped(routing, place, place.after[0])


def _swapped(routing: Routing, place: Place, other: Route) -> RoutingEdit:
    first, apart = place.path[-1], any(contradictions((*place.asked, *other.matchers)))

    def swap(parent: Route) -> Route:
        routes = [*parent.routes]
        routes[first], routes[first + 1] = routes[first + 1], routes[first]
        return replace(parent, routes=tuple(routes))

    before = [route_fragment(place.route), route_fragment(other)]
    return RoutingEdit(
        owner=place.route.where,
        name=place.name,
        where=place.route.where,
        before="---\n".join(before),
        after="---\n".join(reversed(before)),
        routing=replace(routing, route=changed(routing.route, place.path[:-1], swap)),
        equivalent="no alert matches both" if apart else "",
    )
