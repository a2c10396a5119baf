"""Where an alert goes and what silences it: Alertmanager's own way, without Alertmanager.

Source: https://prometheus.io/docs/alerting/latest/configuration/#route and #inhibit_rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stackproof.model.alerting import Inhibition, LabelMatcher, MatchOp, Route, Routing
from stackproof.model.re2 import compile_re2

GROUP_BY_ALL = "..."
"""In ``group_by``: every label makes a group of its own."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way that an alert takes.

    Attributes:
        receiver: Who is told.
        route: The route that tells, with its waits.
        group: The labels that its group has alike.
    """

    receiver: str
    route: Route
    group: Mapping[str, str]


def matches(matcher: LabelMatcher, labels: Mapping[str, str]) -> bool:
    """Whether a matcher holds; a label that is not there is ``""``, a regular expression must match the whole value."""
    value = labels.get(matcher.name, "")
    if matcher.op is MatchOp.EQUAL:
        return value == matcher.value
    if matcher.op is MatchOp.NOT_EQUAL:
        return value != matcher.value
    found = compile_re2(matcher.value).fullmatch(value) is not None
    return found is (matcher.op is MatchOp.REGEX)


def all_match(matchers: Sequence[LabelMatcher], labels: Mapping[str, str]) -> bool:
    """Whether all matchers hold; none asks for nothing."""
    return all(matches(matcher, labels) for matcher in matchers)


def deliveries(routing: Routing, labels: Mapping[str, str]) -> tuple[Delivery, ...]:
    """Every way that an alert with these labels takes, in the order of the tree.

    A route whose children take none of it takes it itself; the first child that takes it ends the search among its
    siblings unless it says ``continue``.
    """
    return tuple(Delivery(route.receiver, route, _group(route, labels)) for route in taken(routing.route, labels))


def taken(route: Route, labels: Mapping[str, str]) -> Iterator[Route]:
    """The routes of this part of the tree that take an alert with these labels."""
    if not all_match(route.matchers, labels):
        return
    found = False
    for child in route.routes:
        below = tuple(taken(child, labels))
        yield from below
        found = found or bool(below)
        if below and not child.goes_on:
            break
    if not found:
        yield route


def _group(route: Route, labels: Mapping[str, str]) -> Mapping[str, str]:
    if GROUP_BY_ALL in route.group_by:
        return dict(labels)
    return {name: labels[name] for name in route.group_by if name in labels}


def inhibited(
    routing: Routing, firing: Sequence[Mapping[str, str]], target: Mapping[str, str]
) -> tuple[Inhibition, ...]:
    """The inhibitions that silence an alert while others fire.

    Args:
        routing: The configuration.
        firing: Labels of all alerts that fire; the target itself may be among them.
        target: Labels of the alert.
    """
    return tuple(rule for rule in routing.inhibitions if any(silences(rule, source, target) for source in firing))


def silences(rule: Inhibition, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
    """Whether one alert silences another; two that both match either side do not, so that none silences itself."""
    if not all_match(rule.target, target) or not all_match(rule.source, source):
        return False
    if all_match(rule.source, target) and all_match(rule.target, source):
        return False
    return all(source.get(name, "") == target.get(name, "") for name in rule.equal)
