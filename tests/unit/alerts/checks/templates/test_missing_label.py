"""templates/missing-label: a gap in the notification."""

import pytest

from stackproof.alerts.checks.templates.missing_label import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import received

SLACK = "slack_configs:\n- channel: '#a'\n  title: '%s'"
RULE = "Down {severity: critical, pod: ''} sum by (job) (x) > 1"
GROUPED = ", group_by: [job]"


@pytest.mark.parametrize(
    "text",
    [
        "{{ .GroupLabels.cluster }}",
        "{{ .CommonLabels.pod }}",
        "{{ .CommonLabels.customer }}",
        "{{ range .Alerts }}{{ .Labels.customer }}{{ end }}",
        "{{ .CommonAnnotations.runbook_url | toUpper }}",
        "{{ range .Alerts }}{{ .Labels.pod }}{{ end }}",
        "{{ range .Alerts.Firing }}{{ .Annotations.runbook_url }}{{ end }}",
        '{{ define "x" }}{{ .CommonLabels.pod }}{{ end }}{{ template "x" . }}',
    ],
)
def test_labels_that_no_alert_or_group_has_are_found(text: str) -> None:
    """Labels that the route does not group by; labels and annotations that no alert has."""
    assert found(CHECK, received(SLACK % text, RULE, root=GROUPED)) == [(6, "warning")]


@pytest.mark.parametrize(
    "text",
    [
        "{{ .GroupLabels.job }} {{ .CommonLabels.severity }} {{ .CommonLabels.job }}",
        '{{ .GroupLabels.SortedPairs.Values | join " " }}',
        "{{ if .CommonLabels.pod }}{{ .CommonLabels.pod }}{{ end }}",
        "{{ with .CommonAnnotations.runbook_url }}{{ . }}{{ end }}",
        "{{ range .Alerts }}{{ .Labels.job }}{{ if .Labels.pod }}{{ .Labels.pod }}{{ end }}{{ end }}",
        '{{ define "x" }}{{ .CommonLabels.pod }}{{ end }}',
        "{{ .CommonLabels.cluster }}",  # Prometheus may add it
    ],
)
def test_possible_labels_are_accepted(text: str) -> None:
    """Also those that a template tests first."""
    assert not finds(CHECK, received(SLACK % text, RULE, root=GROUPED))


def test_without_rules_only_groups_are_known() -> None:
    """The labels of the alerts are unknown."""
    assert not finds(CHECK, received(SLACK % "{{ .CommonLabels.pod }}", root=GROUPED))
    assert finds(CHECK, received(SLACK % "{{ .GroupLabels.pod }}", root=GROUPED))
