"""receivers/no-send-resolved: a receiver learns that an alert fires but not that it is resolved."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.receiver_use import integrations_in_use
from stackproof.model.monitoring import Integration

_KEEP_INCIDENTS = frozenset({"incidentio", "jira", "opsgenie", "pagerduty", "victorops"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    for receiver, integration in integrations_in_use(monitoring.routing):
        if not integration.send_resolved and _is_oversight(integration):
            where = integration.at("send_resolved")
            yield Spot(where, f"{integration.kind} of {receiver.name!r} is not notified when an alert is resolved")


def _is_oversight(integration: Integration) -> bool:
    """An explicit ``false`` is intended, unless the integration keeps an incident open until it is resolved."""
    return "send_resolved" not in integration.lines or integration.kind in _KEEP_INCIDENTS


CHECK = Check(
    id="receivers/no-send-resolved",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Nobody sees that the problem is over: people investigate it anyway, or learn to wait. Alertmanager's default "
    "is false for slack, email, wechat and rocketchat.",
    fix="add send_resolved: true; or false, if nobody needs to know",
    look=_look,
)
