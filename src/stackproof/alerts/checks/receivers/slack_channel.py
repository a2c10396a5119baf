"""receivers/slack-channel: a channel name that Slack does not accept."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity

_ID = re.compile(r"[CDGU][A-Z0-9]{7,}")
_PLACEHOLDER = re.compile(r"\$|\{\{|__|<|%")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for receiver in monitoring.routing.receivers if monitoring.routing else ():
        for integration in receiver.integrations:
            channel = integration.fields.get("channel", "")
            by_bot = "app_token" in integration.fields or "slack.com/api/" in integration.fields.get("api_url", "")
            if integration.kind == "slack" and channel and not by_bot and not _is_channel(channel):
                message = f"slack of {receiver.name!r} has the channel {channel!r}, without # or @"
                yield Spot(integration.at("channel"), message)


def _is_channel(text: str) -> bool:
    return text[0] in "#@" or _ID.fullmatch(text) is not None or _PLACEHOLDER.search(text) is not None


CHECK = Check(
    id="receivers/slack-channel",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Slack's incoming webhooks accept #channel or @person. In YAML an unquoted # starts a comment, so it is often "
    "lost.",
    fix="write channel: '#name', with quotes",
    look=_look,
)
