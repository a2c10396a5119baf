"""Which receivers are used, and by which routes."""

from collections.abc import Iterator

from stackproof.alerts.routing.route_nodes import RouteNode, nodes
from stackproof.model.monitoring import Integration, Receiver, Routing


def routes_to(routing: Routing, receiver: Receiver) -> tuple[RouteNode, ...]:
    """The routes that notify a receiver, without those where a child without matchers handles every alert."""
    return tuple(node for node in nodes(routing) if node.route.receiver == receiver.name and not _is_bypassed(node))


def _is_bypassed(node: RouteNode) -> bool:
    return any(not child.matchers for child in node.route.routes)


def integrations_in_use(routing: Routing) -> Iterator[tuple[Receiver, Integration]]:
    """Every integration that some route uses, with its receiver."""
    for receiver in routing.receivers:
        if routes_to(routing, receiver):
            yield from ((receiver, integration) for integration in receiver.integrations)
