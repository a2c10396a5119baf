"""Every route of a tree with the routes above it and before it."""

from collections.abc import Iterator
from dataclasses import dataclass

from stackproof.model.monitoring import LabelMatcher, Route, Routing

_MAX_SHOWN = 120


@dataclass(frozen=True, slots=True)
class RouteNode:
    """A route with its context in the tree.

    Attributes:
        route: The route.
        above: The routes above it, from the root.
        place: How many of its siblings are tried before it.
    """

    route: Route
    above: tuple[Route, ...] = ()
    place: int = 0

    @property
    def matchers(self) -> tuple[LabelMatcher, ...]:
        """Everything that an alert must match to arrive here."""
        return tuple(matcher for route in (*self.above, self.route) for matcher in route.matchers)

    @property
    def before(self) -> tuple[Route, ...]:
        """Its siblings that are tried before it."""
        return self.above[-1].routes[: self.place] if self.above else ()

    def children(self) -> Iterator["RouteNode"]:
        """The nodes directly below."""
        above = (*self.above, self.route)
        for place, child in enumerate(self.route.routes):
            yield RouteNode(child, above, place)


def nodes(routing: Routing) -> Iterator[RouteNode]:
    """Every node, the root first, in the order in which they are tried."""
    waiting = [iter((RouteNode(routing.route),))]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        yield node
        waiting.append(node.children())


def describe_route(route: Route) -> str:
    """A route in a message: by what it matches."""
    if not route.matchers:
        return "the route without matchers" if route.complete else "the route"
    return "the route {" + shown(", ".join(str(matcher) for matcher in route.matchers)) + "}"


def shown(text: str) -> str:
    """The beginning of a long text, for a message."""
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
