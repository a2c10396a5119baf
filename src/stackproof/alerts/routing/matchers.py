"""Every matcher of routes and inhibitions with its place."""

from collections.abc import Iterator

from stackproof.alerts.routing.tree import nodes
from stackproof.model import Location
from stackproof.model.alerting import LabelMatcher, Routing


def placed(routing: Routing) -> Iterator[tuple[LabelMatcher, Location]]:
    """The routes' from top to bottom, then the inhibitions'."""
    for node in nodes(routing):
        for place, matcher in enumerate(node.route.matchers):
            yield matcher, node.route.at(f"matchers.{place}")
    for rule in routing.inhibitions:
        for side, matchers in (("source", rule.source), ("target", rule.target)):
            for place, matcher in enumerate(matchers):
                yield matcher, rule.at(f"{side}_matchers.{place}")
