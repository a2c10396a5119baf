"""routing/unreachable-route: nothing can come to a route, whatever fires."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.implication import contradictions, follow
from stackproof.alerts.routing.tree import Node, named


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is not None:
        yield from _below(Node(monitoring.routing.route))


def _below(node: Node) -> Iterator[Spot]:
    """What is under an unreachable route needs no word of its own."""
    spot = _impossible(node) or _shadowed(node)
    if spot is not None:
        yield spot
        return
    for child in node.children():
        yield from _below(child)


def _impossible(node: Node) -> Spot | None:
    for label in contradictions(node.matchers):
        asked = " and ".join(str(each) for each in node.matchers if each.name == label)
        fix = f"ask for one value of {label}: with {label}=~'a|b' for several, or in a route of its own"
        return Spot(node.route.at("matchers"), f"no alert can have {asked}", fix)
    return None


def _shadowed(node: Node) -> Spot | None:
    for sibling in node.before:
        if not sibling.goes_on and follow(sibling.matchers, node.matchers):
            said = f"{named(sibling)} in line {sibling.where.line} takes all that comes to {named(node.route)}"
            return Spot(node.route.where, said)
    return None


CHECK = Check(
    id="routing/unreachable-route",
    severity=Severity.ERROR,
    why="Routes are tried from top to bottom, and the first that matches ends the search: this one is never used, and "
    "its receiver is never told.",
    fix="move it before the other, or let the other continue: true",
    look=_look,
)
