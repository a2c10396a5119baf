"""templates/missing-label: a message has a gap where a label or an annotation was to stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.delivery import GROUP_BY_ALL
from stackproof.alerts.routing.possible_labels import Sketch, all_hold, sketches
from stackproof.alerts.routing.receivers import told_by
from stackproof.model.alerting import Integration, Receiver, Routing

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_READ = re.compile(r"(?<![\w)])[$]?\.(GroupLabels|CommonLabels|CommonAnnotations)\.(\w+)")
_METHODS = frozenset({"SortedPairs", "Names", "Values", "Remove"})


@dataclass(frozen=True, slots=True)
class _Reading:
    part: str
    source: str
    name: str


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    alerts = sketches(monitoring)
    for receiver in routing.receivers:
        for integration in receiver.integrations:
            for reading in _readings(integration):
                lack = _lack(routing, receiver, reading, alerts)
                if lack:
                    said = f"{integration.kind} of {receiver.name!r} shows .{reading.source}.{reading.name}, but {lack}"
                    yield Spot(integration.at(reading.part), said)


def _readings(integration: Integration) -> Iterator[_Reading]:
    """What the templates of an integration read, but for what they read only if it is there."""
    for part, text in integration.fields.items():
        actions = "\n".join(_ACTION.findall(text))
        asked = set(re.findall(r"\b(?:if|with|or|and|index)\b[^\n]*?\.(\w+)", actions))
        for source, name in dict.fromkeys(_READ.findall(actions)):
            if name not in _METHODS and not ({name, source} & asked):
                yield _Reading(part, source, name)


def _lack(routing: Routing, receiver: Receiver, reading: _Reading, alerts: tuple[Sketch, ...]) -> str:
    told = told_by(routing, receiver)
    if not told:
        return ""
    if reading.source == "GroupLabels":
        grouped = [node.route.group_by for node in told]
        if any(GROUP_BY_ALL in labels or reading.name in labels for labels in grouped):
            return ""
        return f"the groups of its routes have only {', '.join(dict.fromkeys(sum(grouped, ()))) or 'no labels'}"
    coming = [alert for alert in alerts if any(all_hold(node.matchers, alert) is not False for node in told)]
    if not coming:
        return ""
    if reading.source == "CommonAnnotations":
        has = any(reading.name in alert.rule.annotations for alert in coming)
    else:
        has = any(alert.can_have(reading.name) for alert in coming)
    return "" if has else f"none of the {len(coming)} alerts that come to it has that"


CHECK = Check(
    id="templates/missing-label",
    severity=Severity.WARNING,
    why="The message has a gap in its place, or `<no value>`, and whoever reads it at night lacks what matters.",
    fix="write the name as the rules and group_by have it, or add it there",
    look=_look,
)
