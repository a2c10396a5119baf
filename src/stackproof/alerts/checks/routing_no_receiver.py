"""routing/no-receiver: alerts end at a receiver that tells nobody."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.possible_labels import SEVERITY, Sketch, routes_of, sketches
from stackproof.alerts.routing.tree import named, nodes
from stackproof.model.alerting import Route, Routing

_SINK = re.compile(
    r"null|none|nil|nowhere|nobody|noop|no[-_ ]?op|void|trash|drop(ped)?|discard|ignored?|silenced?|muted?|devnull|"
    r".*(black[-_ ]?hole|dev[-_/ ]null|watchdog|dead[-_ ]?man).*",
    re.IGNORECASE,
)
_NOT_MEANT = frozenset({"", "none", "info"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    if routing is None:
        return
    alerts = sketches(monitoring)
    for node in nodes(routing):
        if not _is_empty(routing, node.route) or _never_ends_here(node.route):
            continue
        if not _SINK.fullmatch(node.route.receiver):
            said = f"{named(node.route)} sends to {node.route.receiver!r}, which has no integration"
            yield Spot(node.route.at("receiver"), said)
        elif not node.above:
            yield from _swallowed(node.route, alerts)


def _is_empty(routing: Routing, route: Route) -> bool:
    receiver = routing.receiver(route.receiver)
    return receiver is not None and not receiver.integrations


def _never_ends_here(route: Route) -> bool:
    return any(not child.matchers for child in route.routes)


def _swallowed(root: Route, alerts: tuple[Sketch, ...]) -> Iterator[Spot]:
    """A root that throws away what no route takes is meant for what nobody needs to know."""
    for alert in alerts:
        severity = alert.value(SEVERITY)
        if severity is not None and severity.lower() not in _NOT_MEANT and routes_of(root, alert) == (root,):
            said = f"{alert.rule.name} (severity {severity!r}) is taken by no route, and the root throws it away"
            yield Spot(alert.rule.where, said, f"add a route that takes it: {root.receiver!r} tells nobody")


CHECK = Check(
    id="routing/no-receiver",
    severity=Severity.ERROR,
    why="Alertmanager drops what reaches a receiver without integrations, and says nothing: the alert fires and nobody "
    "hears of it.",
    fix="give the receiver an integration, or name it null or blackhole where that is meant",
    look=_look,
)
