"""templates/missing-label: a gap in the message."""

import pytest

from stackproof.alerts.checks.templates_missing_label import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import received

SLACK = "slack_configs:\n- channel: '#a'\n  title: '%s'"
RULE = "Down {severity: critical, pod: ''} sum by (job) (x) > 1"
GROUPED = ", group_by: [job]"


@pytest.mark.parametrize(
    "text", ["{{ .GroupLabels.cluster }}", "{{ .CommonLabels.pod }}", "{{ .CommonAnnotations.runbook_url | toUpper }}"]
)
def test_what_no_alert_or_group_has_is_found(text: str) -> None:
    """Labels that the route does not group by, labels and annotations that no alert has."""
    assert found(CHECK, received(SLACK % text, RULE, root=GROUPED)) == [(6, "warning")]


@pytest.mark.parametrize(
    "text",
    [
        "{{ .GroupLabels.job }} {{ .CommonLabels.severity }} {{ .CommonLabels.job }}",
        '{{ .GroupLabels.SortedPairs.Values | join " " }}',
        "{{ if .CommonLabels.pod }}{{ .CommonLabels.pod }}{{ end }}",
        "{{ with .CommonAnnotations.runbook_url }}{{ . }}{{ end }}",
        "{{ range .Alerts }}{{ .Labels.pod }}{{ end }}",
        "{{ .CommonLabels.cluster }}",  # Prometheus may add it
    ],
)
def test_what_may_be_there_is_sound(text: str) -> None:
    """And what a template asks for first."""
    assert not strikes(CHECK, received(SLACK % text, RULE, root=GROUPED))


def test_without_rules_only_groups_are_known() -> None:
    """Nobody knows which labels come."""
    assert not strikes(CHECK, received(SLACK % "{{ .CommonLabels.pod }}", root=GROUPED))
    assert strikes(CHECK, received(SLACK % "{{ .GroupLabels.pod }}", root=GROUPED))
