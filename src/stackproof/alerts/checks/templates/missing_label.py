"""templates/missing-label: a notification template shows a label or annotation that its alerts lack."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.delivery import GROUP_BY_ALL
from stackproof.alerts.routing.possible_alerts import PossibleAlert, possible_alerts
from stackproof.alerts.routing.receiver_use import routes_by_receiver
from stackproof.alerts.routing.route_nodes import RouteNode
from stackproof.alerts.templates.expansion import Read
from stackproof.alerts.templates.notification_texts import NotificationText, notification_texts, templates_of
from stackproof.alerts.templates.types import ANNOTATIONS, COMMON_ANNOTATIONS, COMMON_LABELS, GROUP_LABELS, LABELS

_OF_LABELS = frozenset({LABELS.name, COMMON_LABELS.name})
_OF_ANNOTATIONS = frozenset({ANNOTATIONS.name, COMMON_ANNOTATIONS.name})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    index = AlertIndex(possible_alerts(monitoring))
    templates = templates_of(routing)
    by_receiver = routes_by_receiver(routing)
    for receiver in routing.receivers:
        routes = tuple(by_receiver.get(receiver.name, ()))
        received: tuple[PossibleAlert, ...] | None = None
        for integration in receiver.integrations if routes else ():
            for text in notification_texts(integration, templates):
                for read in _shown(text):
                    if received is None:
                        received = _received(routes, index)
                    reason = _missing(read, routes, received)
                    if reason:
                        where = templates.where(read.template, read.offset) or integration.at(text.part)
                        shown = f".{read.source}.{read.name}"
                        yield Spot(where, f"{integration.kind} of {receiver.name!r} shows {shown}, but {reason}")


def _shown(text: NotificationText) -> Iterator[Read]:
    """The labels and annotations that a text shows, each once, without those that it tests."""
    tested = {(read.source, read.name) for read in text.reads if read.tested}
    seen: set[tuple[str, str]] = set()
    for read in text.reads:
        key = (read.source, read.name)
        if key not in seen | tested:
            seen.add(key)
            yield read


def _received(routes: tuple[RouteNode, ...], index: AlertIndex) -> tuple[PossibleAlert, ...]:
    """The alerts that may match one of the routes."""
    received = 0
    for node in routes:
        received |= index.matching(node.matchers).possible
    return tuple(index.of(received))


def _missing(read: Read, routes: tuple[RouteNode, ...], received: tuple[PossibleAlert, ...]) -> str:
    if read.source == GROUP_LABELS.name:
        grouped = [node.route.group_by for node in routes]
        if any(GROUP_BY_ALL in labels or read.name in labels for labels in grouped):
            return ""
        return f"the groups of its routes have only {', '.join(dict.fromkeys(sum(grouped, ()))) or 'no labels'}"
    if not received:
        return ""
    if read.source in _OF_ANNOTATIONS:
        has = any(read.name in alert.rule.annotations for alert in received)
    else:
        has = read.source not in _OF_LABELS or any(_may_have(alert, read.name) for alert in received)
    return "" if has else f"none of the {len(received)} alerts that reach it has that"


def _may_have(alert: PossibleAlert, label: str) -> bool:
    return alert.can_have(label) and not alert.probably_lacks(label)


CHECK = Check(
    id="templates/missing-label",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER, Needs.RULES),
    why="The notification is blank there, or shows `<no value>`, and the person on call lacks what matters.",
    fix="use a name that the rules and group_by have, or add it there",
    look=_look,
    helped_by=(Needs.PROMETHEUS,),
)
