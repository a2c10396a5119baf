"""Drops a label of ``group_by``, or groups by all labels."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.route_edits import changed_with_heirs, edited, route_positions
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.routing.delivery import GROUP_BY_ALL
from stackproof.model.monitoring import Route, Routing

_KEY = "group_by"


def route_group(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each label that a route groups by, and group by all labels."""
    for position in route_positions(routing.route):
        if _KEY not in position.route.lines:
            continue
        for labels in _others(position.route.group_by):

            def grouped(route: Route, labels: tuple[str, ...] = labels) -> Route:
                return replace(route, group_by=labels)

            yield edited(routing, position, _KEY, changed_with_heirs(position.route, _KEY, grouped))


def _others(labels: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for dropped in labels:
        yield tuple(label for label in labels if label != dropped)
    if GROUP_BY_ALL not in labels:
        yield (GROUP_BY_ALL,)
