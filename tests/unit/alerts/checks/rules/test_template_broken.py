"""rules/template-broken: a text that cannot be expanded."""

import json

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.template_broken import CHECK
from tests.unit.alerts.files import alert, finds, found


def _monitoring(text: str) -> Monitoring:
    return Monitoring(groups=alert("x > 1", f"annotations:\n  summary: {json.dumps(text)}"))


@pytest.mark.parametrize(
    "text",
    [
        "{{ $labels.instance }",
        "{ $labels.instance }}",
        "{{ $label.instance }}",
        "{{ $Labels.instance }}",
        "{{ labels.instance }}",
        "{{ value }} of {{ humanise $value }}",
        "{{ .CommonLabels.alertname }}",
        "{{ .labels.instance }}",
        "{{ if $labels.a }}a",
        "{{ end }}",
        "{{ }}",
        '{{ printf "%.2f $value }}',
    ],
)
def test_a_broken_template_is_found(text: str) -> None:
    """The person on call would read an error instead of the problem."""
    assert found(CHECK, _monitoring(text)) == [(7, "error")]


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "{{ $labels.instance }} has {{ $value | humanize }}",
        "{{ .Labels.instance }} {{ .Value }} {{ .ExternalURL }}",
        '{{ printf "%.2f %s" $value $labels.a }}',
        '{{ with query "up" }}{{ . | first | value | humanizePercentage }}{{ end }}',
        "{{ $name := $labels.name }}{{ $name }}",
        "{{ range $i, $s := query `up` }}{{ $i }} {{ $s.Labels.job }} {{ .Value }}{{ end }}",
        '{{ if and (gt $value 1.0) (eq $labels.a "b") }}x{{ else if $labels.c }}y{{ else }}z{{ end }}',
        "{{- /* a comment */ -}}{{ $value }}",
        '{{ reReplaceAll "(.*):.*" "$1" $labels.instance }}',
        '{{ $labels.instance | stripPort | match "^a" }}',
        "{{ $value | printf `%.1f` }}",
        '{{ (index (query "up") 0).Value }}',
        "{{ len $labels.SortedPairs }}",
    ],
)
def test_valid_templates_are_accepted(text: str) -> None:
    """Everything in the template reference can be used."""
    assert not finds(CHECK, _monitoring(text))


def test_labels_are_templates_too() -> None:
    """A label may be computed."""
    groups = alert("x > 1", "labels:\n  severity: '{{ if gt $value 2 }}page'")
    assert found(CHECK, Monitoring(groups=groups)) == [(7, "error")]
