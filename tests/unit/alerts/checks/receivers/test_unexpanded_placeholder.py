"""receivers/unexpanded-placeholder: a placeholder that nothing replaces."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.receivers.unexpanded_placeholder import CHECK
from tests.unit.alerts.files import finds, found, routing
from tests.unit.alerts.routes import received


@pytest.mark.parametrize(
    "text",
    [
        "${SLACK_URL}",
        "https://hooks.slack.com/${TOKEN:-none}",
        "$SLACK_URL",
        "$(SLACK_URL)",
        "__SLACK_URL__",
        "%SLACK_URL%",
        "@SLACK_URL@",
        '{{ env "SLACK_URL" }}',
        "{{ .Values.slack }}",
        "{{ slack_url }}",
        "{{ slack_url | default('x') }}",
    ],
)
def test_a_placeholder_of_another_tool_is_found(text: str) -> None:
    """Compose, shells, sed, Helm and Ansible; a step of the deployment may fill it in, so it is no error."""
    quoted = text.replace("'", "''")
    assert found(CHECK, received(f"slack_configs:\n- channel: '#a'\n  api_url: '{quoted}'")) == [(6, "warning")]


@pytest.mark.parametrize(
    "text",
    [
        *("https://hooks.slack.com/services/<your-token>", "<api-key>", "YOUR_TOKEN", "your-webhook-url"),
        *("https://hooks.slack.com/services/XXXX/YYYY", "changeme", "CHANGE_ME", "xxxxxxxx", "https://x/REPLACE_ME"),
    ],
)
def test_a_blank_of_a_sample_is_advice(text: str) -> None:
    """People publish samples: a blank is no mistake there."""
    monitoring = received(f"slack_configs:\n- channel: '#a'\n  api_url: '{text}'")
    (finding,) = CHECK.findings(monitoring)
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (6, "info", "advice")


def test_all_blanks_of_a_sample_are_said_once() -> None:
    """With the lines of all."""
    integrations = """\
        pagerduty_configs:
        - routing_key: <integration-key>
        opsgenie_configs:
        - api_key: YOUR_API_KEY
        """
    (finding,) = CHECK.findings(received(integrations))
    assert (finding.where.line, finding.severity.value) == (5, "info")
    assert "'<integration-key>', 'YOUR_API_KEY' (lines 5, 7)" in finding.message


def test_a_variable_is_said_once() -> None:
    """However often it is used."""
    integrations = "webhook_configs:\n- url: '${URL}'\n- url: '${URL}'\n- url: '${OTHER}'"
    assert found(CHECK, received(integrations)) == [(5, "warning"), (7, "warning")]


@pytest.mark.parametrize(
    "text",
    [
        '{{ template "slack.title" . }} costs $100, see <https://example.org|runbook> <!channel>',
        "{{ range $i, $a := .Alerts }}{{ $a.Labels.pod }}{{ else }}-{{ end }}{{ now }}",
        "{{ .CommonLabels.alertname }} {{- .Status | toUpper }} {{ len .Alerts }}",
        "a__b__c $x ${",
        "your team, change me, xxx, TODO",
    ],
)
def test_alertmanagers_own_templates_are_accepted(text: str) -> None:
    """Also dollar amounts, markup and plain text."""
    quoted = text.replace("'", "''")
    assert not finds(CHECK, received(f"slack_configs: [{{channel: '#a', text: '{quoted}'}}]"))


@pytest.mark.parametrize("url", ["<secret>", "https://mydomain.example.org/", "https://x/your", "/run/secrets/my-key"])
def test_real_values_are_accepted(url: str) -> None:
    """Alertmanager itself prints <secret>; a path may have any name."""
    key = "api_url_file" if url.startswith("/") else "api_url"
    assert not finds(CHECK, received(f"slack_configs: [{{channel: '#a', {key}: '{url}'}}]"))


def test_global_settings_are_checked_and_regular_expressions_are_accepted() -> None:
    """A placeholder may be anywhere; the end of a regular expression is not one."""
    text = """\
        global:
          smtp_auth_password: $SMTP_PASSWORD
        route:
          receiver: one
          routes: [{matchers: ['team=~"^(a|b)$"'], match_re: {c: '^D$'}}]
        receivers: [{name: one}]
        """
    assert found(CHECK, Monitoring(routing=routing(text))) == [(2, "warning")]
