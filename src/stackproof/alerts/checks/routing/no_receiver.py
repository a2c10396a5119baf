"""routing/no-receiver: alerts end at a receiver that notifies nobody."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.possible_alerts import SEVERITY, PossibleAlert, possible_alerts
from stackproof.alerts.routing.receiver_use import is_bypassed
from stackproof.alerts.routing.route_nodes import RouteNode, describe_route, nodes
from stackproof.model.monitoring import Routing

_SINK = re.compile(
    r"null|none|nil|nowhere|nobody|nothing|noop|no[-_ ]?op|void|trash|drop(ped)?|discard(ed)?|ignored?|silenced?|"
    r"muted?|empty|dummy|noise|suppress(ed)?|heartbeats?|"
    r".*(black[-_ ]?hole|dev[-_/ ]?null|watchdog|dead[-_ ]?man|info[-_ ]?inhibitor).*|"
    r"(.*[-_ /])?(null|none|noop|drop|discard|ignore|silence|mute|sink)([-_ /].*)?",
    re.IGNORECASE,
)
_UNIMPORTANT = frozenset({"", "none", "info", "information", "informational", "debug", "low"})
_URGENT = frozenset({"critical", "page", "emergency", "disaster"})
_MANY = 4


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    empty = {receiver.name for receiver in routing.receivers if not receiver.integrations}
    if len(empty) == len(routing.receivers):
        yield from _scaffold(routing)
        return
    index = AlertIndex(possible_alerts(monitoring))
    only_here = _only_at(routing, empty, index) if empty else {}
    for node in nodes(routing) if empty else ():
        if node.route.receiver in empty and not is_bypassed(node):
            spot = _spot(node, only_here.get(id(node.route), 0), index)
            if spot is not None:
                yield spot


def _scaffold(routing: Routing) -> Iterator[Spot]:
    """A file in which nothing is configured yet: said once."""
    if routing.receivers:
        message = "no receiver of this file has an integration: nobody is notified of any alert"
        fix = "add webhook_configs, email_configs or others to a receiver"
        yield Spot(routing.receivers[0].where, message, fix, Severity.INFO, Confidence.ADVICE)


def _only_at(routing: Routing, empty: set[str], index: AlertIndex) -> dict[int, int]:
    """For each route to an empty receiver, the alerts that surely end there and that notify nobody elsewhere."""
    arrivals = list(index.arrivals(routing.route))
    notified = 0
    for arrival in arrivals:
        if arrival.route.receiver not in empty:
            notified |= arrival.alerts.possible
    return {id(each.route): each.alerts.sure & ~notified for each in arrivals if each.route.receiver in empty}


def _spot(node: RouteNode, alerts: int, index: AlertIndex) -> Spot | None:
    route = node.route
    dropped = [each for each in index.of(alerts) if _is_important(each)]
    where = route.at("receiver")
    if _SINK.fullmatch(route.receiver):
        if node.above or not dropped:
            return None
        message = (
            f"no route handles {_named(dropped)}, and the root route drops them: {route.receiver!r} notifies nobody"
        )
        return Spot(where, message, "add routes that match them")
    if dropped:
        urgent = [each for each in dropped if (each.value(SEVERITY) or "").lower() in _URGENT]
        severity, confidence = (Severity.ERROR, Confidence.CERTAIN) if urgent else (None, None)
        told = urgent or dropped
        verb = "reach" if len(told) > 1 else "reaches"
        message = f"{_named(told)} {verb} only {route.receiver!r}, which has no integration"
        return Spot(where, message, "", severity, confidence)
    if index.alerts and not alerts and not node.above:
        return None  # every alert of the rules has a route of its own, or may have
    return Spot(where, f"{describe_route(route)} sends to {route.receiver!r}, which has no integration")


def _is_important(alert: PossibleAlert) -> bool:
    severity = alert.value(SEVERITY)
    return severity is not None and severity.lower() not in _UNIMPORTANT


def _named(alerts: list[PossibleAlert]) -> str:
    names = list(dict.fromkeys(f"{each.rule.name} (severity {each.value(SEVERITY)})" for each in alerts))
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return ", ".join(names[:_MANY]) + more


CHECK = Check(
    id="routing/no-receiver",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager silently drops alerts for a receiver without integrations: the alert fires and nobody is "
    "notified.",
    fix="give the receiver an integration, or name it null or blackhole if that is intended",
    look=_look,
    helped_by=(Needs.RULES,),
)
