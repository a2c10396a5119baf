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
        "{{ $label.instance }}",
        "{{ $Labels.instance }}",
        "{{ labels.instance }}",
        "{{ value }} of {{ humanise $value }}",
        "{{ .CommonLabels.alertname }}",
        "{{ .labels.instance }}",
        "{{ if $labels.a }}a",
        "{{ end }}",
        "{{ }}",
        "at {{ $value.foo }}",
        "{{ .instance }} is under load",
        "{{ $labels.a.b }}",
        "{{ .Alerts }}",
        "{{ if eq $value 5 }}a{{ end }}",  # Go compares no float with an integer
        "{{ if gt $labels.a 5 }}a{{ end }}",
        '{{ if $labels.a "b" }}a{{ end }}',
        "{{ printf $value }}",
        "{{ $value | toUpper }}",
        "{{ $value | $labels.a }}",
        "{{ humanize }}",
        '{{ reReplaceAll "a" $labels.b }}',
        '{{ template "nowhere" . }}',
        "{{ range $value }}a{{ end }}",
        '{{ define "x" }}{{ $labels.a }}{{ end }}{{ template "x" . }}',  # variables end at a definition
        '{{ (query "up" }}',
        "{{ else }}",
        "{{ with $labels.a }}{{ $labels.b }}",
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
        '{{ "}}" }} and {{ `{{` }}',
        "{{ if gt $value 5.0 }}a{{ end }}",
        '{{ if eq $labels.a "b" "c" }}a{{ end }}',
        '{{ define "x" }}{{ .Labels.a }}{{ end }}{{ template "x" . }}',
        "{{ with $x := $labels.a }}{{ $x }}{{ $.Value }}{{ end }}",
        '{{ range query "up" }}{{ .Value | humanize }}{{ else }}none{{ end }}',
        '{{ query "up" | first | label "job" | toUpper }}',
        "{{ args 1 2 | len }}",
        '{{ now | toTime }} {{ parseDuration "1h" | humanizeDuration }}',
        '{{ printf "%s%%" $labels.a }}',
        "{{- if $labels.a -}} a {{- end -}}",
        "{{ $labels.missing }}",
        '{{ sortByLabel "job" (query "up") }}',
        "{{ $externalLabels.cluster }} {{ externalURL }}",
        "{{ .Labels.instance | reReplaceAll `:.*` `` }}",
        "{{ true }} {{ nil | print }}",
    ],
)
def test_valid_templates_are_accepted(text: str) -> None:
    """Everything in the template reference can be used."""
    assert not finds(CHECK, _monitoring(text))


def test_a_format_without_a_value_is_a_warning() -> None:
    """Go prints %!f(MISSING), and goes on."""
    assert found(CHECK, _monitoring('{{ printf "%.2f %s" $value }}')) == [(7, "warning")]


def test_braces_that_go_prints_as_they_are_are_only_a_warning() -> None:
    """The text can be expanded, but shows what was meant to be replaced."""
    (finding,) = CHECK.findings(_monitoring("{ $labels.instance }}"))
    assert (finding.severity.value, finding.confidence.value) == ("warning", "likely")
    assert "cannot be expanded" not in finding.message


def test_labels_are_templates_too() -> None:
    """A label may be computed."""
    groups = alert("x > 1", "labels:\n  severity: '{{ if gt $value 2 }}page'")
    assert found(CHECK, Monitoring(groups=groups)) == [(7, "error")]
