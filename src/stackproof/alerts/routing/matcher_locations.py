"""Every matcher of routes and inhibitions with its location."""

from collections.abc import Iterator

from stackproof.alerts.routing.route_nodes import nodes
from stackproof.model import Location
from stackproof.model.monitoring import LabelMatcher, Routing


def located_matchers(routing: Routing) -> Iterator[tuple[LabelMatcher, Location]]:
    """The matchers of the routes from top to bottom, then those of the inhibitions."""
    for node in nodes(routing):
        for place, matcher in enumerate(node.route.matchers):
            yield matcher, node.route.at(f"matchers.{place}")
    for rule in routing.inhibitions:
        for side, matchers in (("source", rule.source), ("target", rule.target)):
            for place, matcher in enumerate(matchers):
                yield matcher, rule.at(f"{side}_matchers.{place}")
