"""Every route of a tree with the routes above it and before it."""

from collections.abc import Iterator
from dataclasses import dataclass

from stackproof.model.monitoring import LabelMatcher, Route, Routing


@dataclass(frozen=True, slots=True)
class RouteNode:
    """A route with its context in the tree.

    Attributes:
        route: The route.
        above: The routes above it, from the root.
        before: Its siblings that are tried before it.
    """

    route: Route
    above: tuple[Route, ...] = ()
    before: tuple[Route, ...] = ()

    @property
    def matchers(self) -> tuple[LabelMatcher, ...]:
        """Everything that an alert must match to arrive here."""
        return tuple(matcher for route in (*self.above, self.route) for matcher in route.matchers)

    def children(self) -> Iterator["RouteNode"]:
        """The nodes directly below."""
        for place, child in enumerate(self.route.routes):
            yield RouteNode(child, (*self.above, self.route), self.route.routes[:place])


def nodes(routing: Routing) -> Iterator[RouteNode]:
    """Every node, the root first, in the order in which they are tried."""
    waiting = [RouteNode(routing.route)]
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting[:0] = node.children()


def describe_route(route: Route) -> str:
    """A route in a message: by what it matches."""
    if not route.matchers:
        return "the route without matchers"
    return "the route {" + ", ".join(str(matcher) for matcher in route.matchers) + "}"
