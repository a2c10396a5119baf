"""A search that goes on after a route, or ends with it, against what its ``continue`` says."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.routes import Place, edited, places
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.routing.implication import contradictions
from stackproof.model.alerting import Routing


def route_continue(routing: Routing) -> Iterator[RoutingEdit]:
    """Turn each ``continue`` round."""
    for place in places(routing.route):
        if place.path:
            after = replace(place.route, goes_on=not place.route.goes_on)
            yield edited(routing, place, "continue", after, _equivalent(place))


def _equivalent(place: Place) -> str:
    if not place.after:
        return "no route stands after it"
    if all(any(contradictions((*place.asked, *other.matchers))) for other in place.after):
        return "no alert matches it and a route after it"
    return ""
