"""Runs route tests on an Alertmanager configuration; a pure function, so that thousands of mutants take a second."""

from collections.abc import Iterator, Mapping

from stackproof.alerts.routing.delivery import Delivery, active_inhibitions, deliveries
from stackproof.model import Location
from stackproof.model.monitoring import Routing
from stackproof.model.route_tests import ExpectedDelivery, InhibitionTest, ReceiverTest, RouteTest, RouteTests


def failures(routing: Routing, tests: RouteTests) -> Iterator[tuple[Location, str]]:
    """Every claim that fails: its location, and what was expected and seen."""
    for route in tests.routes:
        yield from ((route.where, message) for message in _route(routing, route))
    for inhibition in tests.inhibitions:
        yield from ((inhibition.where, message) for message in _inhibition(routing, inhibition))
    for receiver in tests.receivers:
        yield from ((receiver.where, message) for message in _receiver(routing, receiver))


def _route(routing: Routing, test: RouteTest) -> Iterator[str]:
    taken = deliveries(routing, test.labels)
    expected, seen = [each.receiver for each in test.deliveries], [each.receiver for each in taken]
    if expected != seen:
        yield f"expected {_labels(test.labels)} to be delivered to {_listed(expected)}, saw {_listed(seen)}"
        return
    for claim, delivery in zip(test.deliveries, taken, strict=True):
        yield from _delivery(claim, delivery)


def _delivery(claim: ExpectedDelivery, delivery: Delivery) -> Iterator[str]:
    route, waits = delivery.route, claim.waits
    if waits.group_by is not None and set(waits.group_by) != set(route.group_by):
        yield f"expected {claim.receiver} to group by {_listed(waits.group_by)}, saw {_listed(route.group_by)}"
    for name, expected, seen in (
        ("group_wait", waits.group_wait_s, route.group_wait_s),
        ("group_interval", waits.group_interval_s, route.group_interval_s),
        ("repeat_interval", waits.repeat_interval_s, route.repeat_interval_s),
    ):
        if expected is not None and expected != seen:
            yield f"expected {claim.receiver} to have a {name} of {expected:g} s, saw {seen:g} s"


def _inhibition(routing: Routing, test: InhibitionTest) -> Iterator[str]:
    if bool(active_inhibitions(routing, test.firing, test.target)) is not test.muted:
        expected = "to be inhibited by" if test.muted else "not to be inhibited by"
        yield f"expected {_labels(test.target)} {expected} {', '.join(map(_labels, test.firing))}, saw the opposite"


def _receiver(routing: Routing, test: ReceiverTest) -> Iterator[str]:
    receiver = routing.receiver(test.name)
    if receiver is None:
        yield f"expected a receiver {test.name!r}, saw none"
        return
    kinds = [each.kind for each in receiver.integrations]
    if kinds != list(test.integrations):
        yield f"expected the integrations of {test.name} to be {_listed(test.integrations)}, saw {_listed(kinds)}"
        return
    resolved = tuple(each.send_resolved for each in receiver.integrations)
    if test.send_resolved is not None and resolved != test.send_resolved:
        yield f"expected send_resolved of {test.name} to be {_booleans(test.send_resolved)}, saw {_booleans(resolved)}"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}={value}" for name, value in labels.items()) + "}"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _booleans(values: tuple[bool, ...]) -> str:
    return ", ".join(str(value).lower() for value in values)
