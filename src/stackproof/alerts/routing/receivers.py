"""Which receivers are told, and by which routes."""

from collections.abc import Iterator

from stackproof.alerts.routing.tree import Node, nodes
from stackproof.model.alerting import Integration, Receiver, Routing


def told_by(routing: Routing, receiver: Receiver) -> tuple[Node, ...]:
    """The routes that tell a receiver, those that leave all to a child without matchers aside."""
    return tuple(node for node in nodes(routing) if node.route.receiver == receiver.name and not _leaves_all(node))


def _leaves_all(node: Node) -> bool:
    return any(not child.matchers for child in node.route.routes)


def integrations_told(routing: Routing) -> Iterator[tuple[Receiver, Integration]]:
    """Every integration that some route tells."""
    for receiver in routing.receivers:
        if told_by(routing, receiver):
            yield from ((receiver, integration) for integration in receiver.integrations)
