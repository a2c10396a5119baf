"""receivers/slack-channel: a name without # or @."""

import pytest

from stackproof.alerts.checks.receivers.slack_channel import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import received

URL = "api_url: https://hooks.slack.com/services/x"


def test_a_channel_without_its_prefix_is_found() -> None:
    """For Slack's webhooks."""
    assert found(CHECK, received(f"slack_configs:\n- {URL}\n  channel: alerts")) == [(6, "warning")]


@pytest.mark.parametrize(
    "channel",
    [
        "'#alerts'",
        "'@mia'",
        "C024BE91L",
        "'{{ .CommonLabels.channel }}'",
    ],
)
def test_a_channel_that_slack_accepts_is_accepted(channel: str) -> None:
    """Ids and templates."""
    assert not finds(CHECK, received(f"slack_configs: [{{{URL}, channel: {channel}}}]"))


def test_a_bot_needs_no_prefix() -> None:
    """It joins a channel by its name."""
    assert not finds(CHECK, received("slack_configs: [{app_token: x, channel: alerts}]"))
