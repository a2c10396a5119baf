"""receivers/secret-in-file: a key for everyone who can read the file."""

import pytest

from stackproof.alerts.checks.receivers.secret_in_file import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import received


@pytest.mark.parametrize(
    "integration",
    [
        "slack_configs:\n- api_url: https://hooks.slack.com/services/T0/B0/abc",
        "pagerduty_configs:\n- routing_key: 0123456789abcdef",
        "webhook_configs:\n- http_config: {basic_auth: {password: abc}}",
    ],
)
def test_a_secret_in_plain_text_is_found(integration: str) -> None:
    """Keys, passwords, and URLs that are secrets themselves."""
    assert found(CHECK, received(integration)) == [(5, "info")]


@pytest.mark.parametrize(
    "integration",
    [
        "slack_configs: [{api_url_file: /run/secrets/slack}]",
        "slack_configs: [{api_url: 'http://stand-in:8080/slack'}]",
        "pagerduty_configs: [{routing_key: '${KEY}'}]",
        "webhook_configs: [{url: 'http://x/'}]",
        "victorops_configs: [{api_key_file: /run/v, routing_key: ops}]",
        "pagerduty_configs: [{routing_key_file: /run/p, details: {token: '5'}}]",
        "pagerduty_configs: [{routing_key: <integration-key>}]",
        "opsgenie_configs: [{api_key: YOUR_API_KEY}]",
    ],
)
def test_files_and_placeholders_are_accepted(integration: str) -> None:
    """A file's name is not a secret, nor is VictorOps' routing key: it says which team is notified."""
    assert not finds(CHECK, received(integration))
