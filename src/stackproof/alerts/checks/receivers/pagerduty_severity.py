"""receivers/pagerduty-severity: PagerDuty gets no severity, or one that it refuses."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.receiver_use import integrations_in_use
from stackproof.alerts.routing.vendor_values import Limited, Unaccepted, arriving, unaccepted
from stackproof.model.monitoring import Integration

_SEVERITIES = ("critical", "error", "warning", "info")  # https://developer.pagerduty.com/docs/send-alert-event
_SEVERITY = Limited("pagerduty", "severity", ", ".join(_SEVERITIES), _SEVERITIES.__contains__, "is refused")
_EVENTS_API_V1 = ("service_key", "service_key_file")  # has no severity
_MANY = 3


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    used = [pair for pair in integrations_in_use(monitoring.routing) if pair[1].kind == "pagerduty"]
    index = AlertIndex(possible_alerts(monitoring) if used else ())
    reached = arriving(monitoring.routing, index) if used else {}
    for receiver, integration in used:
        where, of = integration.at("severity"), f"pagerduty of {receiver.name!r}"
        if _is_first_api(integration):
            continue
        if "severity" not in integration.fields:
            yield Spot(where, f"{of} uses the default severity")
            continue
        for found in unaccepted(integration, _SEVERITY, reached.get(receiver.name, 0), index):
            severity, confidence = (Severity.ERROR, Confidence.CERTAIN) if not found.alerts else (None, None)
            yield Spot(where, f"{of} {_message(found)}", _FIX_VALUE, severity, confidence)


def _is_first_api(integration: Integration) -> bool:
    return any(key in integration.fields for key in _EVENTS_API_V1)


def _message(found: Unaccepted) -> str:
    known = ", ".join(_SEVERITIES)
    if found.several:
        return f"gets one text for all alerts of a notification, such as {found.value!r}, but knows only {known}"
    if not found.alerts:
        return f"has the severity {found.value!r}, but PagerDuty accepts only {known}"
    names = ", ".join(found.alerts[:_MANY]) + (", ..." if len(found.alerts) > _MANY else "")
    value = f"the severity {found.value!r}" if found.value else "no severity"
    return f"gets {value} from {names}, but PagerDuty accepts only {known}"


_FIX_VALUE = (
    """map it: '{{ if eq .CommonLabels.severity "critical" }}critical{{ else }}warning{{ end }}', or send the alert """
    "elsewhere"
)

CHECK = Check(
    id="receivers/pagerduty-severity",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="PagerDuty refuses an event with another severity, and nobody is notified. The default is `error`: alerts that "
    "are critical here are not critical there, and its urgency rules cannot distinguish them.",
    fix="""add severity: '{{ if .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}critical{{ end }}'""",
    look=_look,
    helped_by=(Needs.RULES,),
)
