"""Edits one route of a routing tree."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from stackproof.alerts.mutants.edits.fragment import route_fragment
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.model.monitoring import LabelMatcher, Route, Routing

Change = Callable[[Route], Route]


@dataclass(frozen=True, slots=True)
class RoutePosition:
    """A route and its position in the tree.

    Attributes:
        route: The route.
        path: The number of the child at each step from the root.
        above: The routes above it, from the root.
        after: Its siblings after it.
    """

    route: Route
    path: tuple[int, ...]
    above: tuple[Route, ...]
    after: tuple[Route, ...]

    @property
    def name(self) -> str:
        """Its name in ids: ``route`` for the root, else with its path, as in ``route-0-2``."""
        return "-".join(("route", *map(str, self.path)))

    @property
    def matchers(self) -> tuple[LabelMatcher, ...]:
        """Everything that an alert must match to arrive here."""
        return tuple(matcher for route in (*self.above, self.route) for matcher in route.matchers)


def route_positions(route: Route, path: tuple[int, ...] = (), above: tuple[Route, ...] = ()) -> Iterator[RoutePosition]:
    """Every route, the root first."""
    if not path:
        yield RoutePosition(route, path, above, ())
    for number, child in enumerate(route.routes):
        yield RoutePosition(child, (*path, number), (*above, route), tuple(route.routes[number + 1 :]))
        yield from route_positions(child, (*path, number), (*above, route))


def edited(routing: Routing, place: RoutePosition, key: str, after: Route, equivalent: str = "") -> RoutingEdit:
    """A configuration with another route in that position."""
    return RoutingEdit(
        owner=place.route.where,
        name=place.name,
        where=place.route.at(key),
        before=route_fragment(place.route),
        after=route_fragment(after),
        routing=replace(routing, route=changed(routing.route, place.path, lambda _route: after)),
        equivalent=equivalent,
    )


def changed(root: Route, path: Sequence[int], change: Change) -> Route:
    """The tree with one route changed."""
    if not path:
        return change(root)
    first, *rest = path
    below = [changed(child, rest, change) if number == first else child for number, child in enumerate(root.routes)]
    return replace(root, routes=tuple(below))


def changed_with_heirs(route: Route, key: str, change: Change) -> Route:
    """The changed route, with the same change in all routes below that inherit this key."""
    below = (child if key in child.lines else changed_with_heirs(child, key, change) for child in route.routes)
    return replace(change(route), routes=tuple(below))
