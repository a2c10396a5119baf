"""receivers/cannot-work: an integration lacks a setting that its vendor requires."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.model.monitoring import Integration

# Of each group one key is required; a key may also be given as a file, KEY_file.
NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "discord": (("webhook_url",),),
    "email": (("to",), ("smarthost",), ("from",)),
    "incidentio": (("url",),),
    "jira": (("api_url",), ("project",), ("issue_type",)),
    "mattermost": (("webhook_url",),),
    "msteams": (("webhook_url",),),
    "msteamsv2": (("webhook_url",),),
    "opsgenie": (("api_key",),),
    "pagerduty": (("routing_key", "service_key"),),
    "pushover": (("user_key",), ("token",)),
    "rocketchat": (("token",), ("token_id",)),
    "slack": (("api_url", "app_token"),),
    "sns": (("topic_arn", "target_arn", "phone_number"),),
    "telegram": (("bot_token",), ("chat_id",)),
    "victorops": (("api_key",), ("routing_key",)),
    "webex": (("room_id",), ("http_config.authorization.credentials",)),
    "webhook": (("url",),),
    "wechat": (("corp_id",), ("api_secret",)),
}
_URLS = ("url", "api_url", "webhook_url", "app_url")
_URL = re.compile(r"https?://[^/\s]+", re.IGNORECASE)
_HOST_PORT = re.compile(r"(\[[^\]]+\]|[^:\s]*):\w+")
_PLACEHOLDER = re.compile(r"\$|\{\{|__|<|%")  # another check reports it; its final value is unknown


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for receiver in monitoring.routing.receivers if monitoring.routing else ():
        for integration in receiver.integrations:
            for part, message in (*_missing(integration), *_malformed(integration)):
                yield Spot(integration.at(part), f"{integration.kind} of {receiver.name!r} {message}")


def _missing(integration: Integration) -> Iterator[tuple[str, str]]:
    for choice in NEEDS.get(integration.kind, ()):
        keys = (key for name in choice for key in (name, f"{name}_file"))
        if not any(integration.fields.get(key) or _is_misread(integration, key) for key in keys):
            yield "", f"has no {' or '.join(choice)}"


def _is_misread(integration: Integration, key: str) -> bool:
    """Whether a key has a list or a map where a text is wanted; reading the file has reported that."""
    return any(path.startswith(f"{key}.") for path in integration.fields)


def _malformed(integration: Integration) -> Iterator[tuple[str, str]]:
    for key in _URLS:
        url = integration.fields.get(key, "")
        if url and not _URL.match(url) and not _PLACEHOLDER.search(url):
            yield key, f"needs a {key} that starts with http:// or https://, saw {url!r}"
    host = integration.fields.get("smarthost", "") if integration.kind == "email" else ""
    if host and not _HOST_PORT.fullmatch(host) and not _PLACEHOLDER.search(host):
        yield "smarthost", f"needs a smarthost with a port, such as mail.example.org:587, saw {host!r}"


CHECK = Check(
    id="receivers/cannot-work",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager rejects the file, or every notification to this receiver fails and is only logged.",
    fix="add what is missing, here or under global if all receivers share it",
    look=_look,
)
