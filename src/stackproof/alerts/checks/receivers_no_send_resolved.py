"""receivers/no-send-resolved: who is told of the begin is not told of the end."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.receivers import integrations_told
from stackproof.model.alerting import Integration

_KEEP_INCIDENTS = frozenset({"incidentio", "jira", "opsgenie", "pagerduty", "victorops"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    for receiver, integration in integrations_told(monitoring.routing):
        if not integration.send_resolved and _is_slip(integration):
            where = integration.at("send_resolved")
            yield Spot(where, f"{integration.kind} of {receiver.name!r} is not told when an alert ends")


def _is_slip(integration: Integration) -> bool:
    """Who writes false means it, but for what keeps an incident open until it is told."""
    return "send_resolved" not in integration.lines or integration.kind in _KEEP_INCIDENTS


CHECK = Check(
    id="receivers/no-send-resolved",
    severity=Severity.WARNING,
    why="Nobody sees that all is well again: people look into what is over, or learn to wait and see. Alertmanager's "
    "default is false for slack, email, wechat and rocketchat.",
    fix="add send_resolved: true; or false, where the end is nobody's business",
    look=_look,
)
