"""routing/only-fallback: an alert narrowly misses the route meant for it, and only the root route handles it."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.label_matching import matches
from stackproof.alerts.routing.implication import values_of
from stackproof.alerts.routing.possible_alerts import ALERTNAME, SEVERITY, PossibleAlert, possible_alerts, routes_of
from stackproof.alerts.routing.route_nodes import describe_route, nodes
from stackproof.model.monitoring import LabelMatcher, Route, Routing

_SIMILAR = 0.85  # "critcal" and "critical" have a ratio of 0.93, "warning" and "info" of 0.2
_ABBREVIATED = 4  # "crit" and "warn" are the shortest clear abbreviations
_URGENT = frozenset({"critical", "page", "emergency", "disaster"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    for alert in possible_alerts(monitoring):
        if routes_of(routing.route, alert) == (routing.route,):
            spot = _mistyped(routing, alert) or _half_matched(routing, alert)
            if spot is not None:
                yield spot


def _mistyped(routing: Routing, alert: PossibleAlert) -> Spot | None:
    for node in nodes(routing):
        for matcher in node.route.matchers:
            value = alert.rule.labels.get(matcher.name, "")
            intended = _intended(matcher, value)
            if intended and matcher.name != ALERTNAME:
                message = (
                    f"{alert.rule.name} has {matcher.name}={value!r} but {describe_route(node.route)} requires "
                    f"{intended!r}: only the root route handles it"
                )
                return Spot(alert.rule.at(f"labels.{matcher.name}"), message, f"write {intended!r} in both")
    return None


def _intended(matcher: LabelMatcher, value: str) -> str | None:
    """The value that the matcher requires, if the given one is clearly another spelling of it."""
    required = values_of(matcher)
    if not value or "{{" in value or not required or matches(matcher, {matcher.name: value}):
        return None
    return next((each for each in sorted(required) if _is_same(each, value)), None)


def _is_same(one: str, other: str) -> bool:
    first, second = (re.sub(r"[\W_]", "", text).lower() for text in (one, other))
    if not first or not second or re.search(r"\d", first + second):
        return first == second != ""
    shorter, longer = sorted((first, second), key=len)
    abbreviated = len(shorter) >= _ABBREVIATED and longer.startswith(shorter)
    return abbreviated or SequenceMatcher(None, first, second).ratio() >= _SIMILAR


def _half_matched(routing: Routing, alert: PossibleAlert) -> Spot | None:
    """An urgent alert that misses the route for its severity because it lacks another label."""
    severity = alert.value(SEVERITY)
    if severity is None or severity.lower() not in _URGENT:
        return None
    for node in nodes(routing):
        lacking = _lacking(node.route, alert)
        if lacking:
            message = (
                f"{alert.rule.name} has severity={severity!r} but lacks {lacking}, which "
                f"{describe_route(node.route)} requires: only the root route handles it"
            )
            return Spot(alert.rule.where, message, f"give it {lacking}, or a route of its own")
    return None


def _lacking(route: Route, alert: PossibleAlert) -> str:
    """The labels that the alert lacks, if it matches everything else of a route for its severity."""
    by_severity = [each for each in route.matchers if each.name == SEVERITY]
    missed = [each for each in route.matchers if not matches(each, {each.name: alert.value(each.name) or ""})]
    for_it = any(matches(each, {SEVERITY: alert.value(SEVERITY) or ""}) for each in by_severity)
    names = sorted({each.name for each in missed})
    if not for_it or not names or ALERTNAME in names or any(alert.value(name) for name in names):
        return ""
    return " and ".join(names)


CHECK = Check(
    id="routing/only-fallback",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER, Needs.RULES),
    why="The alert goes to the root's receiver, which rarely wakes anybody, although there is a route for its kind.",
    fix="give the alert the labels that the route requires",
    look=_look,
)
