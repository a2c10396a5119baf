"""receivers/pagerduty-severity: PagerDuty takes every alert for the same."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.receivers import integrations_told
from stackproof.model.alerting import Integration

_SEVERITIES = ("critical", "error", "warning", "info")  # https://developer.pagerduty.com/docs/send-alert-event
_OF_FIRST_API = ("service_key", "service_key_file")  # has no severity


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    for receiver, integration in integrations_told(monitoring.routing):
        if integration.kind == "pagerduty":
            message = _wrong(integration)
            if message:
                yield Spot(integration.at("severity"), f"pagerduty of {receiver.name!r} {message}")


def _wrong(integration: Integration) -> str:
    severity = integration.fields.get("severity")
    if severity is None:
        return "" if any(key in integration.fields for key in _OF_FIRST_API) else "leaves the severity to its default"
    if "{{" in severity or severity in _SEVERITIES:
        return ""
    return f"has the severity {severity!r}, but PagerDuty knows {', '.join(_SEVERITIES)}"


CHECK = Check(
    id="receivers/pagerduty-severity",
    severity=Severity.WARNING,
    why="The default is `error`: what is critical here is not critical there, and PagerDuty's rules of urgency do not "
    "tell one from the other.",
    fix="""add severity: '{{ if .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}critical{{ end }}'""",
    look=_look,
)
