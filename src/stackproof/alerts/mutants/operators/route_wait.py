"""Halves or doubles a wait of a route."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from stackproof.alerts.mutants.edits.route_edits import changed_with_heirs, edited, route_positions
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.model.monitoring import Route, Routing

_SOME_WAIT_S = 30.0


def _group_wait(route: Route, by: float) -> Route:
    """A wait of zero becomes some wait, because twice zero is zero."""
    return replace(route, group_wait_s=route.group_wait_s * by if route.group_wait_s else _SOME_WAIT_S)


def _group_interval(route: Route, by: float) -> Route:
    return replace(route, group_interval_s=route.group_interval_s * by)


def _repeat_interval(route: Route, by: float) -> Route:
    return replace(route, repeat_interval_s=route.repeat_interval_s * by)


_WAITS = (
    ("group_wait", _group_wait),
    ("group_interval", _group_interval),
    ("repeat_interval", _repeat_interval),
)


def route_wait(routing: Routing) -> Iterator[RoutingEdit]:
    """Halve and double each wait that a route names."""
    for position in route_positions(routing.route):
        for key, waited in _WAITS:
            for by in (0.5, 2.0) if key in position.route.lines else ():
                after = changed_with_heirs(position.route, key, partial(waited, by=by))
                yield edited(routing, position, key, after)
