"""Which receivers an alert reaches and which alerts inhibit it, by Alertmanager's rules but without Alertmanager.

Source: https://prometheus.io/docs/alerting/latest/configuration/#route and #inhibit_rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stackproof.alerts.label_matching import all_match
from stackproof.model.monitoring import Inhibition, Route, Routing

GROUP_BY_ALL = "..."
"""In ``group_by``: group by all labels, so that each alert is a group of its own."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification of an alert.

    Attributes:
        receiver: The receiver's name.
        route: The route that leads there, with its waits.
        group: The labels that the alert's group has in common.
    """

    receiver: str
    route: Route
    group: Mapping[str, str]


def deliveries(routing: Routing, labels: Mapping[str, str]) -> tuple[Delivery, ...]:
    """Every delivery of an alert with these labels, in the order of the tree.

    A route handles an alert itself if none of its children does. The first child that handles it ends the search among
    the siblings, unless it says ``continue``.
    """
    routes = handling_routes(routing.route, labels)
    return tuple(Delivery(route.receiver, route, _group(route, labels)) for route in routes)


def handling_routes(route: Route, labels: Mapping[str, str]) -> Iterator[Route]:
    """The routes of this part of the tree that handle an alert with these labels."""
    if not all_match(route.matchers, labels):
        return
    found = False
    for child in route.routes:
        below = tuple(handling_routes(child, labels))
        yield from below
        found = found or bool(below)
        if below and not child.continues:
            break
    if not found:
        yield route


def _group(route: Route, labels: Mapping[str, str]) -> Mapping[str, str]:
    if GROUP_BY_ALL in route.group_by:
        return dict(labels)
    return {name: labels[name] for name in route.group_by if name in labels}


def active_inhibitions(
    routing: Routing, firing: Sequence[Mapping[str, str]], target: Mapping[str, str]
) -> tuple[Inhibition, ...]:
    """The inhibitions that mute an alert while others fire.

    Args:
        routing: The configuration.
        firing: Labels of all firing alerts; the target itself may be among them.
        target: Labels of the alert.
    """
    return tuple(rule for rule in routing.inhibitions if any(inhibits(rule, source, target) for source in firing))


def inhibits(rule: Inhibition, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
    """Whether one alert mutes another. Two alerts that both match both sides do not, so that none mutes itself."""
    if not all_match(rule.target, target) or not all_match(rule.source, source):
        return False
    if all_match(rule.source, target) and all_match(rule.target, source):
        return False
    return all(source.get(name, "") == target.get(name, "") for name in rule.equal)
