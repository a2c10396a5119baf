"""routing/no-receiver: alerts end at a receiver that notifies nobody."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.possible_alerts import SEVERITY, PossibleAlert, possible_alerts, routes_of
from stackproof.alerts.routing.route_nodes import describe_route, nodes
from stackproof.model.monitoring import Route, Routing

_SINK = re.compile(
    r"null|none|nil|nowhere|nobody|noop|no[-_ ]?op|void|trash|drop(ped)?|discard|ignored?|silenced?|muted?|devnull|"
    r".*(black[-_ ]?hole|dev[-_/ ]null|watchdog|dead[-_ ]?man).*",
    re.IGNORECASE,
)
_UNIMPORTANT = frozenset({"", "none", "info"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    alerts = possible_alerts(monitoring)
    for node in nodes(routing):
        if not _is_empty(routing, node.route) or _never_ends_here(node.route):
            continue
        if not _SINK.fullmatch(node.route.receiver):
            message = f"{describe_route(node.route)} sends to {node.route.receiver!r}, which has no integration"
            yield Spot(node.route.at("receiver"), message)
        elif not node.above:
            yield from _dropped(node.route, alerts)


def _is_empty(routing: Routing, route: Route) -> bool:
    receiver = routing.receiver(route.receiver)
    return receiver is not None and not receiver.integrations


def _never_ends_here(route: Route) -> bool:
    return any(not child.matchers for child in route.routes)


def _dropped(root: Route, alerts: tuple[PossibleAlert, ...]) -> Iterator[Spot]:
    """A root that drops what no route handles is meant for unimportant alerts only."""
    for alert in alerts:
        severity = alert.value(SEVERITY)
        if severity is not None and severity.lower() not in _UNIMPORTANT and routes_of(root, alert) == (root,):
            message = f"no route handles {alert.rule.name} (severity {severity!r}), and the root route drops it"
            yield Spot(alert.rule.where, message, f"add a route that matches it: {root.receiver!r} notifies nobody")


CHECK = Check(
    id="routing/no-receiver",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager silently drops alerts for a receiver without integrations: the alert fires and nobody is "
    "notified.",
    fix="give the receiver an integration, or name it null or blackhole if that is intended",
    look=_look,
)
