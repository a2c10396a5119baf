"""Drops a route, or drops, negates or changes one of its matchers."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.fragment import route_fragment
from stackproof.alerts.mutants.edits.route_edits import RoutePosition, changed, edited, route_positions
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.mutants.operators.matcher import others
from stackproof.alerts.routing.implication import is_implied
from stackproof.model.monitoring import Route, Routing


def route_matcher(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each matcher of a route, negate it, and change its value."""
    for position in route_positions(routing.route):
        for number, matcher in enumerate(position.route.matchers):
            rest = [*position.route.matchers[:number], *position.route.matchers[number + 1 :]]
            above = [each for route in position.above for each in route.matchers]
            needless = "the other matchers imply it" if is_implied(matcher, [*rest, *above]) else ""
            key = f"matchers.{number}"
            yield edited(routing, position, key, replace(position.route, matchers=tuple(rest)), needless)
            for other in others(matcher):
                kept = (*position.route.matchers[:number], other, *position.route.matchers[number + 1 :])
                yield edited(routing, position, key, replace(position.route, matchers=kept))


def route_removed(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each route except the root."""
    for position in route_positions(routing.route):
        if position.path:
            yield _without(routing, position)


def _without(routing: Routing, position: RoutePosition) -> RoutingEdit:
    def less(parent: Route) -> Route:
        return replace(parent, routes=tuple(each for each in parent.routes if each is not position.route))

    return RoutingEdit(
        owner=position.route.where,
        name=position.name,
        where=position.route.where,
        before=route_fragment(position.route),
        after="",
        routing=replace(routing, route=changed(routing.route, position.path[:-1], less)),
    )
