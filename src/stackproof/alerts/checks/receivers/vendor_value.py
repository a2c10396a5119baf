"""receivers/vendor-value: a priority or type that the vendor does not know."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.receiver_use import integrations_in_use
from stackproof.alerts.routing.vendor_values import Limited, Unaccepted, arriving, unaccepted

_MANY = 3
_REFUSED = "refuses the notification"


def _one_of(*values: str) -> tuple[str, frozenset[str]]:
    return ", ".join(values), frozenset(values)


_PRIORITIES, _IS_PRIORITY = _one_of("P1", "P2", "P3", "P4", "P5")
_TYPES, _IS_TYPE = _one_of("CRITICAL", "WARNING", "INFO")
_MATTERMOST, _IS_MATTERMOST = _one_of("urgent", "important", "standard")
_SETTINGS = (
    # https://docs.opsgenie.com/docs/alert-api#create-alert; an empty one is P3
    Limited("opsgenie", "priority", _PRIORITIES, lambda value: not value or value in _IS_PRIORITY, _REFUSED),
    # https://pushover.net/api#priority
    Limited("pushover", "priority", "-2, -1, 0, 1, 2", lambda value: re.fullmatch(r"-2|-1|[012]|", value) is not None,
            _REFUSED),
    # https://github.com/prometheus/alertmanager/blob/main/notify/victorops/victorops.go
    Limited("victorops", "message_type", _TYPES, _IS_TYPE.__contains__, "is sent CRITICAL instead", certain=False),
    # https://github.com/prometheus/alertmanager/blob/main/notify/mattermost/mattermost.go
    Limited("mattermost", "priority.priority", _MATTERMOST, lambda value: not value or value.lower() in _IS_MATTERMOST,
            "is sent standard instead", certain=False),
)  # fmt: skip


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    used = [
        (receiver, integration, limited)
        for receiver, integration in integrations_in_use(monitoring.routing)
        for limited in _SETTINGS
        if limited.kind == integration.kind and limited.key in integration.fields
    ]
    index = AlertIndex(possible_alerts(monitoring) if used else ())
    reached = arriving(monitoring.routing, index) if used else {}
    for receiver, integration, limited in used:
        for found in unaccepted(integration, limited, reached.get(receiver.name, 0), index):
            certain = limited.certain and not found.alerts
            severity, confidence = (Severity.ERROR, Confidence.CERTAIN) if certain else (None, None)
            message = f"{integration.kind} of {receiver.name!r} {_message(found, limited)}"
            yield Spot(integration.at(limited.key), message, f"use {limited.known}", severity, confidence)


def _message(found: Unaccepted, limited: Limited) -> str:
    key = limited.key.rpartition(".")[2]
    known = f"{limited.kind} knows only {limited.known} and {limited.result}"
    if found.several:
        return f"gets one {key} for all alerts of a notification, such as {found.value!r}, but {known}"
    if not found.alerts:
        return f"has the {key} {found.value!r}, but {known}"
    names = ", ".join(found.alerts[:_MANY]) + (", ..." if len(found.alerts) > _MANY else "")
    return f"gets {f'the {key} {found.value!r}' if found.value else f'no {key}'} from {names}, but {known}"


CHECK = Check(
    id="receivers/vendor-value",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="The vendor refuses such a notification, so that nobody is notified, or Alertmanager replaces the value.",
    fix="use a value that the vendor knows",
    look=_look,
    helped_by=(Needs.RULES,),
)
