"""receivers/no-send-resolved: nobody hears that it is over."""

import pytest

from stackproof.alerts.checks.receivers_no_send_resolved import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import received


@pytest.mark.parametrize(
    ("integration", "line"),
    [
        ("slack_configs:\n- channel: '#a'", 5),
        ("email_configs:\n- to: a@example.org", 5),
        ("pagerduty_configs:\n- routing_key: k\n  send_resolved: false", 6),
    ],
)
def test_a_default_that_hides_the_end_is_found(integration: str, line: int) -> None:
    """Slack's and mail's own; and an incident that is never closed, though it was written down."""
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
def test_what_tells_or_says_that_it_does_not_is_sound(integration: str) -> None:
    """Who writes false for a chat means it."""
    assert not strikes(CHECK, received(integration))


def test_a_receiver_that_nobody_uses_is_left_alone() -> None:
    """Another check tells of it."""
    more = "- name: two\n  slack_configs: [{channel: '#a'}]"
    assert not strikes(CHECK, received("webhook_configs: [{url: 'http://x/'}]", more=more))
