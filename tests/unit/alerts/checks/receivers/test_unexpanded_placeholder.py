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
        "https://hooks.slack.com/services/<your-token>",
    ],
)
def test_a_placeholder_of_another_tool_is_found(text: str) -> None:
    """Compose, shells, sed, Helm, Ansible, and the blanks of a README."""
    quoted = text.replace("'", "''")
    assert found(CHECK, received(f"slack_configs:\n- channel: '#a'\n  api_url: '{quoted}'")) == [(6, "error")]


@pytest.mark.parametrize(
    "text",
    [
        '{{ template "slack.title" . }} costs $100, see <https://example.org|runbook> <!channel>',
        "{{ range $i, $a := .Alerts }}{{ $a.Labels.pod }}{{ else }}-{{ end }}{{ now }}",
        "{{ .CommonLabels.alertname }} {{- .Status | toUpper }} {{ len .Alerts }}",
        "a__b__c $x ${",
    ],
)
def test_alertmanagers_own_templates_are_accepted(text: str) -> None:
    """Also dollar amounts, markup and plain text."""
    quoted = text.replace("'", "''")
    assert not finds(CHECK, received(f"slack_configs: [{{channel: '#a', text: '{quoted}'}}]"))


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
    assert found(CHECK, Monitoring(routing=routing(text))) == [(2, "error")]
