"""Groups that are made by fewer labels, or by all."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.routes import edited, handed_down, places
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.routing.delivery import GROUP_BY_ALL
from stackproof.model.alerting import Route, Routing

_KEY = "group_by"


def route_group(routing: Routing) -> Iterator[RoutingEdit]:
    """Forget each label that a route groups by, and group by all."""
    for place in places(routing.route):
        if _KEY not in place.route.lines:
            continue
        for labels in _others(place.route.group_by):

            def grouped(route: Route, labels: tuple[str, ...] = labels) -> Route:
                return replace(route, group_by=labels)

            yield edited(routing, place, _KEY, handed_down(place.route, _KEY, grouped))


def _others(labels: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for missed in labels:
        yield tuple(label for label in labels if label != missed)
    if GROUP_BY_ALL not in labels:
        yield (GROUP_BY_ALL,)
