"""Edits one route of a tree."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from stackproof.alerts.mutants.edits.fragment import route_fragment
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.model.alerting import LabelMatcher, Route, Routing

Change = Callable[[Route], Route]


@dataclass(frozen=True, slots=True)
class Place:
    """A route and the way to it.

    Attributes:
        route: The route.
        path: Which child to take at each step from the root.
        above: The routes that it stands in, from the root.
        after: Its siblings after it.
    """

    route: Route
    path: tuple[int, ...]
    above: tuple[Route, ...]
    after: tuple[Route, ...]

    @property
    def name(self) -> str:
        """What it is called in ids: ``route`` for the root, else ``route-0-2``, the way to it."""
        return "-".join(("route", *map(str, self.path)))

    @property
    def asked(self) -> tuple[LabelMatcher, ...]:
        """All that an alert must match to come here."""
        return tuple(matcher for route in (*self.above, self.route) for matcher in route.matchers)


def places(route: Route, path: tuple[int, ...] = (), above: tuple[Route, ...] = ()) -> Iterator[Place]:
    """Every route, the root first."""
    if not path:
        yield Place(route, path, above, ())
    for number, child in enumerate(route.routes):
        yield Place(child, (*path, number), (*above, route), tuple(route.routes[number + 1 :]))
        yield from places(child, (*path, number), (*above, route))


def edited(routing: Routing, place: Place, key: str, after: Route, equivalent: str = "") -> RoutingEdit:
    """A configuration with another route in that place."""
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


def handed_down(route: Route, key: str, change: Change) -> Route:
    """The route changed, and all below it that take this over from it."""
    below = (child if key in child.lines else handed_down(child, key, change) for child in route.routes)
    return replace(change(route), routes=tuple(below))
