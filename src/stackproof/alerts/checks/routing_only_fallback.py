"""routing/only-fallback: an alert misses the route that is plainly meant for it, and only the root takes it."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.delivery import matches
from stackproof.alerts.routing.implication import values_of
from stackproof.alerts.routing.possible_labels import ALERTNAME, SEVERITY, Sketch, routes_of, sketches
from stackproof.alerts.routing.tree import named, nodes
from stackproof.model.alerting import LabelMatcher, Route, Routing

_ALIKE = 0.85  # "critcal" and "critical" are 0.93 alike, "warning" and "info" 0.2
_SHORTENED = 4  # "crit" and "warn" are the shortest that are plain
_LOUD = frozenset({"critical", "page", "emergency", "disaster"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    for alert in sketches(monitoring):
        if routes_of(routing.route, alert) == (routing.route,):
            spot = _mistyped(routing, alert) or _half_matched(routing, alert)
            if spot is not None:
                yield spot


def _mistyped(routing: Routing, alert: Sketch) -> Spot | None:
    for node in nodes(routing):
        for matcher in node.route.matchers:
            value = alert.rule.labels.get(matcher.name, "")
            meant = _meant(matcher, value)
            if meant and matcher.name != ALERTNAME:
                said = (
                    f"{alert.rule.name} has {matcher.name}={value!r}, {named(node.route)} asks for {meant!r}: only the "
                    "root takes it"
                )
                return Spot(alert.rule.at(f"labels.{matcher.name}"), said, f"write {meant!r} in both")
    return None


def _meant(matcher: LabelMatcher, value: str) -> str | None:
    """What the matcher asks for, where the value is plainly the same in another spelling."""
    asked = values_of(matcher)
    if not value or "{{" in value or not asked or matches(matcher, {matcher.name: value}):
        return None
    return next((each for each in sorted(asked) if _same(each, value)), None)


def _same(one: str, other: str) -> bool:
    plain, like = (re.sub(r"[\W_]", "", text).lower() for text in (one, other))
    if not plain or not like or re.search(r"\d", plain + like):
        return plain == like != ""
    shorter, longer = sorted((plain, like), key=len)
    shortened = len(shorter) >= _SHORTENED and longer.startswith(shorter)
    return shortened or SequenceMatcher(None, plain, like).ratio() >= _ALIKE


def _half_matched(routing: Routing, alert: Sketch) -> Spot | None:
    """A loud alert that a route for its severity misses for want of another label."""
    severity = alert.value(SEVERITY)
    if severity is None or severity.lower() not in _LOUD:
        return None
    for node in nodes(routing):
        lacking = _lacking(node.route, alert)
        if lacking:
            said = (
                f"{alert.rule.name} has severity={severity!r} but lacks {lacking}, which {named(node.route)} asks for: "
                "only the root takes it"
            )
            return Spot(alert.rule.where, said, f"give it {lacking}, or a route of its own")
    return None


def _lacking(route: Route, alert: Sketch) -> str:
    """Labels that the alert has not, where it matches all else of a route that asks for its severity."""
    mine = [each for each in route.matchers if each.name == SEVERITY]
    missed = [each for each in route.matchers if not matches(each, {each.name: alert.value(each.name) or ""})]
    for_it = any(matches(each, {SEVERITY: alert.value(SEVERITY) or ""}) for each in mine)
    names = sorted({each.name for each in missed})
    if not for_it or not names or ALERTNAME in names or any(alert.value(name) for name in names):
        return ""
    return " and ".join(names)


CHECK = Check(
    id="routing/only-fallback",
    severity=Severity.WARNING,
    why="The alert goes to the root's receiver, which seldom wakes anybody, although a route for its kind is there.",
    fix="give the alert the labels that the route asks for",
    look=_look,
)
