"""receivers/no-send-resolved: nobody learns that an alert is resolved."""

import pytest

from stackproof.alerts.checks.receivers.no_send_resolved import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import received


@pytest.mark.parametrize(
    ("integration", "line"),
    [
        ("slack_configs:\n- channel: '#a'", 5),
        ("email_configs:\n- to: a@example.org", 5),
        ("pagerduty_configs:\n- routing_key: k\n  send_resolved: false", 6),
    ],
)
def test_a_default_that_drops_resolved_alerts_is_found(integration: str, line: int) -> None:
    """Those of Slack and email; and an incident that is never closed, even if that is explicit."""
    assert found(CHECK, received(integration)) == [(line, "warning")]


@pytest.mark.parametrize(
    "integration",
    [
        "slack_configs: [{channel: '#a', send_resolved: true}]",
        "slack_configs: [{channel: '#a', send_resolved: false}]",
        "pagerduty_configs: [{routing_key: k}]",
        "webhook_configs: [{url: 'http://x/'}]",
    ],
)
def test_explicit_settings_and_good_defaults_are_accepted(integration: str) -> None:
    """An explicit false for a chat is intended."""
    assert not finds(CHECK, received(integration))


def test_an_unused_receiver_is_ignored() -> None:
    """Another check reports it."""
    more = "- name: two\n  slack_configs: [{channel: '#a'}]"
    assert not finds(CHECK, received("webhook_configs: [{url: 'http://x/'}]", more=more))
