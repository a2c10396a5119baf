"""A route that asks for something else, or for less; a route that is not there."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.fragment import route_fragment
from stackproof.alerts.mutants.edits.routes import Place, changed, edited, places
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.mutants.operators.matcher import others
from stackproof.alerts.routing.implication import follows
from stackproof.model.alerting import Route, Routing


def route_matcher(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each condition of a route, turn it round, and ask for another value."""
    for place in places(routing.route):
        for number, matcher in enumerate(place.route.matchers):
            rest = [*place.route.matchers[:number], *place.route.matchers[number + 1 :]]
            above = [each for route in place.above for each in route.matchers]
            needless = "it follows from the others" if follows(matcher, [*rest, *above]) else ""
            key = f"matchers.{number}"
            yield edited(routing, place, key, replace(place.route, matchers=tuple(rest)), needless)
            for other in others(matcher):
                kept = (*place.route.matchers[:number], other, *place.route.matchers[number + 1 :])
                yield edited(routing, place, key, replace(place.route, matchers=kept))


def route_removed(routing: Routing) -> Iterator[RoutingEdit]:
    """Take out each route but the root."""
    for place in places(routing.route):
        if place.path:
            yield _without(routing, place)


def _without(routing: Routing, place: Place) -> RoutingEdit:
    def less(parent: Route) -> Route:
        return replace(parent, routes=tuple(each for each in parent.routes if each is not place.route))

    return RoutingEdit(
        owner=place.route.where,
        name=place.name,
        where=place.route.where,
        before=route_fragment(place.route),
        after="",
        routing=replace(routing, route=changed(routing.route, place.path[:-1], less)),
    )
