"""A route that tells somebody else."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.routes import edited, handed_down, places
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.model.alerting import Route, Routing

_KEY = "receiver"


def route_receiver(routing: Routing) -> Iterator[RoutingEdit]:
    """Give each route that names a receiver the next one of the file."""
    names = [each.name for each in routing.receivers]
    for place in places(routing.route):
        if _KEY not in place.route.lines or len(names) < len((place.route.receiver, "another")):
            continue
        other = names[(names.index(place.route.receiver) + 1) % len(names)]

        def told(route: Route, other: str = other) -> Route:
            return replace(route, receiver=other)

        yield edited(routing, place, _KEY, handed_down(place.route, _KEY, told))
