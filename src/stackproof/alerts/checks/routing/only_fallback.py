"""routing/only-fallback: an alert narrowly misses the route meant for it, and only the root route handles it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.implication import values_of
from stackproof.alerts.routing.possible_alerts import ALERTNAME, SEVERITY, PossibleAlert, possible_alerts
from stackproof.alerts.routing.route_nodes import describe_route, nodes
from stackproof.model.monitoring import Route, Routing

_SIMILAR = 0.85  # "critcal" and "critical" have a ratio of 0.93, "warning" and "info" of 0.2
_ABBREVIATED = 4  # "crit" and "warn" are the shortest clear abbreviations
_URGENT = frozenset({"critical", "page", "emergency", "disaster"})
_MAX_COMPARED = 20_000  # spellings; then nothing more is found
_MAX_LISTED = 1000  # values of one pattern


@dataclass(slots=True)
class _Required:
    """The values that routes require of labels.

    Attributes:
        by_label: For each label, the first route that requires a value.
        by_severity: For each severity, the routes that require it and something else.
    """

    by_label: dict[str, dict[str, Route]] = field(default_factory=dict)
    by_severity: dict[str, list[Route]] = field(default_factory=dict)
    _compared: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _left: int = _MAX_COMPARED

    def intended(self, label: str, value: str) -> str | None:
        """The required value of which the given one is clearly another spelling; None if it is required itself."""
        if (label, value) not in self._compared:
            known = self.by_label.get(label, {})
            self._left -= len(known)
            spellings = sorted(known) if value and value not in known and self._left >= 0 else ()
            self._compared[label, value] = next((each for each in spellings if _is_same(each, value)), None)
        return self._compared[label, value]


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    index = AlertIndex(possible_alerts(monitoring))
    if routing is None or not index.alerts:
        return
    required = _required(routing)
    at_root = next((each.alerts.sure for each in index.arrivals(routing.route) if each.route is routing.route), 0)
    for alert in index.of(at_root):
        spot = _mistyped(required, alert, index) or _half_matched(required, alert, index)
        if spot is not None:
            yield spot


def _required(routing: Routing) -> _Required:
    found = _Required()
    for node in nodes(routing):
        for matcher in node.route.matchers:
            values = values_of(matcher) or frozenset()
            for value in values if len(values) <= _MAX_LISTED else ():
                if value and matcher.name != ALERTNAME:
                    found.by_label.setdefault(matcher.name, {}).setdefault(value, node.route)
                if matcher.name == SEVERITY and len(node.route.matchers) > 1:
                    found.by_severity.setdefault(value, []).append(node.route)
    return found


def _mistyped(required: _Required, alert: PossibleAlert, index: AlertIndex) -> Spot | None:
    for name, value in alert.rule.labels.items():
        intended = required.intended(name, value) if name in required.by_label and "{{" not in value else None
        if intended is None:
            continue
        route = required.by_label[name][intended]
        if index.matching(each for each in route.matchers if each.name == name).possible & _bit(alert, index):
            continue  # a pattern accepts this spelling too
        message = (
            f"{alert.rule.name} has {name}={value!r} but {describe_route(route)} requires {intended!r}: only the root "
            "route handles it"
        )
        return Spot(alert.rule.at(f"labels.{name}"), message, f"write {intended!r} in both")
    return None


def _bit(alert: PossibleAlert, index: AlertIndex) -> int:
    return index.values(ALERTNAME).known.get(alert.rule.name, 0)


def _is_same(one: str, other: str) -> bool:
    first, second = (re.sub(r"[\W_]", "", text).lower() for text in (one, other))
    if not first or not second or re.search(r"\d", first + second):
        return first == second != ""
    shorter, longer = sorted((first, second), key=len)
    abbreviated = len(shorter) >= _ABBREVIATED and longer.startswith(shorter)
    return abbreviated or SequenceMatcher(None, first, second).ratio() >= _SIMILAR


def _half_matched(required: _Required, alert: PossibleAlert, index: AlertIndex) -> Spot | None:
    """An urgent alert that misses the route for its severity because it lacks a label that the others have."""
    severity = alert.value(SEVERITY)
    if severity is None or severity.lower() not in _URGENT:
        return None
    alike = index.values(SEVERITY).known.get(severity, 0)
    for route in required.by_severity.get(severity, ()):
        lacking = _lacking(route, alert)
        if lacking and all(_most_have(name, alike, index) for name in lacking):
            names = " and ".join(lacking)
            message = (
                f"{alert.rule.name} has severity={severity!r} but lacks {names}, which {describe_route(route)} "
                "requires: only the root route handles it"
            )
            return Spot(alert.rule.where, message, f"give it {names}, or a route of its own")
    return None


def _lacking(route: Route, alert: PossibleAlert) -> tuple[str, ...]:
    """The labels that the alert lacks, if these are all that keep it from a route for its severity."""
    names = sorted({each.name for each in route.matchers} - {SEVERITY})
    lacking = tuple(name for name in names if alert.value(name) == "")
    return lacking if len(lacking) == len(names) and ALERTNAME not in names else ()


def _most_have(label: str, alerts: int, index: AlertIndex) -> bool:
    """Whether at least half of these alerts can have a label: the one that lacks it is then the exception."""
    without = index.values(label).known.get("", 0) & alerts
    return 2 * without.bit_count() <= alerts.bit_count()


CHECK = Check(
    id="routing/only-fallback",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER, Needs.RULES),
    why="The alert goes to the root's receiver, which rarely wakes anybody, although there is a route for its kind.",
    fix="give the alert the labels that the route requires",
    look=_look,
)
