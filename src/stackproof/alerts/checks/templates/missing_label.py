"""templates/missing-label: a notification template shows a label or annotation that its alerts lack."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.delivery import GROUP_BY_ALL
from stackproof.alerts.routing.possible_alerts import PossibleAlert, all_match_alert, possible_alerts
from stackproof.alerts.routing.receiver_use import routes_to
from stackproof.model.monitoring import Integration, Receiver, Routing

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_READ = re.compile(r"(?<![\w)])[$]?\.(GroupLabels|CommonLabels|CommonAnnotations)\.(\w+)")
_METHODS = frozenset({"SortedPairs", "Names", "Values", "Remove"})


@dataclass(frozen=True, slots=True)
class _Reference:
    part: str
    source: str
    name: str


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    alerts = possible_alerts(monitoring)
    for receiver in routing.receivers:
        for integration in receiver.integrations:
            for reference in _references(integration):
                reason = _missing(routing, receiver, reference, alerts)
                if reason:
                    shown = f".{reference.source}.{reference.name}"
                    message = f"{integration.kind} of {receiver.name!r} shows {shown}, but {reason}"
                    yield Spot(integration.at(reference.part), message)


def _references(integration: Integration) -> Iterator[_Reference]:
    """The labels and annotations that the templates of an integration show, without those that they test first."""
    for part, text in integration.fields.items():
        actions = "\n".join(_ACTION.findall(text))
        tested = set(re.findall(r"\b(?:if|with|or|and|index)\b[^\n]*?\.(\w+)", actions))
        for source, name in dict.fromkeys(_READ.findall(actions)):
            if name not in _METHODS and not ({name, source} & tested):
                yield _Reference(part, source, name)


def _missing(routing: Routing, receiver: Receiver, reference: _Reference, alerts: tuple[PossibleAlert, ...]) -> str:
    routes = routes_to(routing, receiver)
    if not routes:
        return ""
    if reference.source == "GroupLabels":
        grouped = [node.route.group_by for node in routes]
        if any(GROUP_BY_ALL in labels or reference.name in labels for labels in grouped):
            return ""
        return f"the groups of its routes have only {', '.join(dict.fromkeys(sum(grouped, ()))) or 'no labels'}"
    received = [alert for alert in alerts if any(all_match_alert(node.matchers, alert) is not False for node in routes)]
    if not received:
        return ""
    if reference.source == "CommonAnnotations":
        has = any(reference.name in alert.rule.annotations for alert in received)
    else:
        has = any(alert.can_have(reference.name) for alert in received)
    return "" if has else f"none of the {len(received)} alerts that reach it has that"


CHECK = Check(
    id="templates/missing-label",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER, Needs.RULES),
    why="The notification is blank there, or shows `<no value>`, and the person on call lacks what matters.",
    fix="use a name that the rules and group_by have, or add it there",
    look=_look,
)
