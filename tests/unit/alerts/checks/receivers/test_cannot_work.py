"""receivers/cannot-work: a receiver that can never be notified."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.receivers import cannot_work
from stackproof.alerts.checks.receivers.cannot_work import CHECK
from stackproof.declare.alertmanager.integrations import KINDS
from tests.unit.alerts.files import finds, found, routing
from tests.unit.alerts.routes import received


@pytest.mark.parametrize(
    ("integration", "line", "says"),
    [
        ("slack_configs:\n- channel: '#a'", 5, "has no api_url or app_token"),
        ("pagerduty_configs:\n- severity: critical", 5, "has no routing_key or service_key"),
        ("webhook_configs:\n- url: localhost:5001/", 5, "starts with http:// or https://"),
        ("webhook_configs:\n- max_alerts: 3", 5, "has no url"),
        ("webhook_configs:\n- http_config: {}\n  url: ftp://x/", 6, "saw 'ftp://x/'"),
        ("email_configs:\n- to: a@b.c\n  from: d@b.c\n  smarthost: mail.b.c", 7, "with a port"),
        ("email_configs:\n- to: a@b.c\n  smarthost: mail:25", 5, "has no from"),
        ("opsgenie_configs:\n- priority: P1", 5, "has no api_key"),
        ("telegram_configs:\n- bot_token: x", 5, "has no chat_id"),
    ],
)
def test_missing_required_settings_are_found(integration: str, line: int, says: str) -> None:
    """For each integration by its vendor's own requirements."""
    monitoring = received(integration)
    assert found(CHECK, monitoring) == [(line, "error")]
    assert says in next(iter(CHECK.findings(monitoring))).message


@pytest.mark.parametrize(
    "integration",
    [
        "slack_configs: [{api_url: 'https://hooks.slack.com/services/x', channel: '#a'}]",
        "slack_configs: [{api_url_file: /run/secrets/slack}]",
        "pagerduty_configs: [{service_key_file: /run/secrets/pd}]",
        "webhook_configs: [{url_file: /run/secrets/url}]",
        "webhook_configs: [{url: '${URL}'}]",  # another check's
        "email_configs: [{to: a@b.c, from: d@b.c, smarthost: 'mail:smtp'}]",
    ],
)
def test_complete_integrations_are_accepted(integration: str) -> None:
    """A key may be given as a file."""
    assert not finds(CHECK, received(integration))


def test_global_settings_count() -> None:
    """They apply to every receiver."""
    text = """\
        global: {smtp_smarthost: 'mail:25', smtp_from: a@b.c, slack_api_url: 'https://hooks.slack.com/x'}
        route: {receiver: one}
        receivers: [{name: one, slack_configs: [{channel: '#a'}], email_configs: [{to: d@b.c}]}]
        """
    assert not finds(CHECK, Monitoring(routing=routing(text)))


def test_every_vendor_is_covered() -> None:
    """Each integration that can be read is checked."""
    assert set(cannot_work.NEEDS) == set(KINDS)
