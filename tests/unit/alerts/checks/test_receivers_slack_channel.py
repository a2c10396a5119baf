"""receivers/slack-channel: a name without its sign."""

import pytest

from stackproof.alerts.checks.receivers_slack_channel import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import received

URL = "api_url: https://hooks.slack.com/services/x"


def test_a_channel_without_its_sign_is_found() -> None:
    """Where a webhook of Slack's sends."""
    assert found(CHECK, received(f"slack_configs:\n- {URL}\n  channel: alerts")) == [(6, "warning")]


@pytest.mark.parametrize(
    "channel", ["'#alerts'", "'@mia'", "C024BE91L", "'{{ .CommonLabels.channel }}'", "alerts, app_token: x"]
)
def test_a_channel_that_slack_knows_is_sound(channel: str) -> None:
    """Ids, templates, and bots, which need no sign."""
    assert not strikes(CHECK, received(f"slack_configs: [{{{URL}, channel: {channel}}}]"))
