"""Every route of a tree with what stands around it."""

from collections.abc import Iterator
from dataclasses import dataclass

from stackproof.model.alerting import LabelMatcher, Route, Routing


@dataclass(frozen=True, slots=True)
class Node:
    """A route in its tree.

    Attributes:
        route: The route.
        above: The routes that lead to it, from the root on.
        before: Its siblings that are tried before it.
    """

    route: Route
    above: tuple[Route, ...] = ()
    before: tuple[Route, ...] = ()

    @property
    def matchers(self) -> tuple[LabelMatcher, ...]:
        """All that an alert must match to come here."""
        return tuple(matcher for route in (*self.above, self.route) for matcher in route.matchers)

    def children(self) -> Iterator["Node"]:
        """The nodes right below."""
        for place, child in enumerate(self.route.routes):
            yield Node(child, (*self.above, self.route), self.route.routes[:place])


def nodes(routing: Routing) -> Iterator[Node]:
    """Every node, the root first, in the order in which they are tried."""
    waiting = [Node(routing.route)]
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting[:0] = node.children()


def named(route: Route) -> str:
    """What a route matches, in words."""
    if not route.matchers:
        return "the route without matchers"
    return "the route {" + ", ".join(str(matcher) for matcher in route.matchers) + "}"
