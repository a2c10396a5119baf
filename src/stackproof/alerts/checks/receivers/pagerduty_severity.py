"""receivers/pagerduty-severity: PagerDuty gives every alert the same severity."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.receiver_use import integrations_in_use
from stackproof.model.monitoring import Integration

_SEVERITIES = ("critical", "error", "warning", "info")  # https://developer.pagerduty.com/docs/send-alert-event
_EVENTS_API_V1 = ("service_key", "service_key_file")  # has no severity


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    for receiver, integration in integrations_in_use(monitoring.routing):
        if integration.kind == "pagerduty":
            message = _problem(integration)
            if message:
                yield Spot(integration.at("severity"), f"pagerduty of {receiver.name!r} {message}")


def _problem(integration: Integration) -> str:
    severity = integration.fields.get("severity")
    if severity is None:
        return "" if any(key in integration.fields for key in _EVENTS_API_V1) else "uses the default severity"
    if "{{" in severity or severity in _SEVERITIES:
        return ""
    return f"has the severity {severity!r}, but PagerDuty accepts only {', '.join(_SEVERITIES)}"


CHECK = Check(
    id="receivers/pagerduty-severity",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="The default is `error`: alerts that are critical here are not critical there, and PagerDuty's urgency rules "
    "cannot distinguish them.",
    fix="""add severity: '{{ if .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}critical{{ end }}'""",
    look=_look,
)
