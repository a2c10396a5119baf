"""Drops an integration of a receiver, or reverses its ``send_resolved``."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.fragment import receiver_fragment
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.model import Location
from stackproof.model.monitoring import Integration, Receiver, Routing


def send_resolved(routing: Routing) -> Iterator[RoutingEdit]:
    """Reverse ``send_resolved`` of each integration."""
    for place, receiver in enumerate(routing.receivers):
        for number, one in enumerate(receiver.integrations):
            other = replace(one, send_resolved=not one.send_resolved)
            kept = (*receiver.integrations[:number], other, *receiver.integrations[number + 1 :])
            yield _edited(routing, place, one.at("send_resolved"), kept)


def integration_removed(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each integration."""
    for place, receiver in enumerate(routing.receivers):
        for number, one in enumerate(receiver.integrations):
            kept = (*receiver.integrations[:number], *receiver.integrations[number + 1 :])
            yield _edited(routing, place, one.where, kept)


def _edited(routing: Routing, place: int, where: Location, kept: tuple[Integration, ...]) -> RoutingEdit:
    before = routing.receivers[place]
    after: Receiver = replace(before, integrations=kept)
    return RoutingEdit(
        owner=before.where,
        name=before.name,
        where=where,
        before=receiver_fragment(before),
        after=receiver_fragment(after),
        routing=replace(routing, receivers=(*routing.receivers[:place], after, *routing.receivers[place + 1 :])),
    )
