"""receivers/vendor-value: a priority that the vendor does not know."""

import pytest

from stackproof.alerts.checks.receivers.vendor_value import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import received

OPSGENIE = "opsgenie_configs:\n- api_key: k\n  priority: '%s'"
RULES = ("Down {severity: critical, priority: P1}", "Slow {severity: warning, priority: P3}")


@pytest.mark.parametrize(
    ("integration", "severity"),
    [
        (OPSGENIE % "high", "error"),
        (OPSGENIE % "1", "error"),
        (OPSGENIE % "p1", "error"),
        (OPSGENIE % "P6", "error"),
        ("pushover_configs:\n- {user_key: k, token: t, priority: high}", "error"),
        ("victorops_configs:\n- {api_key: k, routing_key: r, message_type: page}", "warning"),
        ("mattermost_configs:\n- {webhook_url: 'http://x/', priority: {priority: high}}", "warning"),
    ],
)
def test_an_unknown_value_is_found(integration: str, severity: str) -> None:
    """It is an error if the vendor refuses it, and a warning if Alertmanager replaces it."""
    assert [each for _, each in found(CHECK, received(integration))] == [severity]


def test_the_line_of_the_setting_is_reported() -> None:
    """With the values that the vendor knows."""
    (finding,) = CHECK.findings(received(OPSGENIE % "high"))
    assert (finding.where.line, finding.confidence.value) == (6, "certain")
    assert "P1, P2, P3, P4, P5" in finding.message


def test_a_severity_that_is_passed_on_as_priority_is_found() -> None:
    """Alerts are named by the value that they cause."""
    monitoring = received(OPSGENIE % "{{ .CommonLabels.severity }}", *RULES)
    first, second = CHECK.findings(monitoring)
    assert (first.where.line, first.severity.value, first.confidence.value) == (6, "warning", "likely")
    assert "'critical' from Down" in first.message
    assert "'warning' from Slow" in second.message


@pytest.mark.parametrize(
    "priority",
    [
        "{{ range .Alerts }}{{ .Labels.priority }}{{ end }}",
        "{{ range .Alerts.Firing }}{{ .Labels.priority }} {{ end }}",
    ],
)
def test_one_text_for_several_alerts_is_found(priority: str) -> None:
    """P1P1 is no priority."""
    assert [line for line, _ in found(CHECK, received(OPSGENIE % priority, RULES[0]))] == [6]


@pytest.mark.parametrize(
    "priority",
    [
        *("P1", "P5", "", "${PRIORITY}", "<priority>", "{{ .CommonLabels.priority }}"),
        '{{ if eq .CommonLabels.severity "critical" }}P1{{ else }}P3{{ end }}',
        '{{- if eq .CommonLabels.severity "critical" -}}\n P1\n{{- else -}} P2 {{- end -}}',
        '{{ if or (eq .CommonLabels.severity "critical") (eq .CommonLabels.severity "page") }}P1{{ end }}',
        '{{ if and (eq .Status "firing") (ne .CommonLabels.severity "info") }}P2{{ else }}P5{{ end }}',
        "{{ with .CommonLabels.severity }}{{ . }}{{ end }}",
        '{{ template "priority" . }}',
        "{{ .CommonAnnotations.priority }}",
    ],
)
def test_values_that_are_known_or_mapped_are_accepted(priority: str) -> None:
    """Also templates that are not understood."""
    assert not finds(CHECK, received(OPSGENIE % priority, *RULES))


@pytest.mark.parametrize(
    "integration",
    [
        "pushover_configs: [{user_key: k, token: t, priority: '-1'}]",
        "pushover_configs: [{user_key: k, token: t, priority: 2}]",
        "pushover_configs: [{user_key: k, token: t, priority: '{{ if eq .Status \"firing\" }}2{{ else }}0{{ end }}'}]",
        "victorops_configs: [{api_key: k, routing_key: r, message_type: WARNING}]",
        "mattermost_configs: [{webhook_url: 'http://x/', priority: {priority: Urgent}}]",
        "jira_configs: [{api_url: 'http://x/', project: A, issue_type: Bug, priority: Blocker}]",
    ],
)
def test_values_of_other_vendors_are_accepted(integration: str) -> None:
    """Jira's priorities are each site's own."""
    assert not finds(CHECK, received(integration, *RULES))
