"""Replaces the receiver of a route."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.route_edits import changed_with_heirs, edited, route_positions
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.model.monitoring import Route, Routing

_KEY = "receiver"


def route_receiver(routing: Routing) -> Iterator[RoutingEdit]:
    """Give each route that names a receiver the next receiver of the file."""
    names = [each.name for each in routing.receivers]
    for position in route_positions(routing.route):
        if _KEY not in position.route.lines or len(names) < len((position.route.receiver, "another")):
            continue
        other = names[(names.index(position.route.receiver) + 1) % len(names)]

        def redirected(route: Route, other: str = other) -> Route:
            return replace(route, receiver=other)

        yield edited(routing, position, _KEY, changed_with_heirs(position.route, _KEY, redirected))
