"""Which receivers are used, and by which routes."""

from collections.abc import Iterator

from stackproof.alerts.routing.route_nodes import RouteNode, nodes
from stackproof.model.monitoring import Integration, Receiver, Routing


def routes_to(routing: Routing, receiver: Receiver) -> tuple[RouteNode, ...]:
    """The routes that notify a receiver, without those where a child without matchers handles every alert."""
    return tuple(node for node in nodes(routing) if node.route.receiver == receiver.name and not is_bypassed(node))


def routes_by_receiver(routing: Routing) -> dict[str, list[RouteNode]]:
    """What `routes_to` gives for each receiver, in one walk."""
    found: dict[str, list[RouteNode]] = {}
    for node in nodes(routing):
        if not is_bypassed(node):
            found.setdefault(node.route.receiver, []).append(node)
    return found


def is_bypassed(node: RouteNode) -> bool:
    """Whether a child without matchers handles every alert that arrives at a route."""
    return any(not child.matchers and child.complete for child in node.route.routes)


def integrations_in_use(routing: Routing) -> Iterator[tuple[Receiver, Integration]]:
    """Every integration that some route uses, with its receiver."""
    used = routes_by_receiver(routing)
    for receiver in routing.receivers:
        if receiver.name in used:
            yield from ((receiver, integration) for integration in receiver.integrations)
