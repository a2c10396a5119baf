"""templates/broken: a notification that fails when it is needed."""

from dataclasses import replace
from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.templates.broken import CHECK
from stackproof.model.monitoring import TemplateFile
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import received

SLACK = "slack_configs:\n- channel: '#a'\n  text: '%s'"
TITLE = '{{ define "org.title" }}[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }}{{ end }}\n'


def _received(text: str, *files: str, complete: bool = True) -> Monitoring:
    """A receiver whose text on line 6 is a template, and template files."""
    monitoring = received(SLACK % text)
    assert monitoring.routing is not None
    templates = tuple(TemplateFile(Path(f"t{index}.tmpl"), each) for index, each in enumerate(files))
    routing = replace(monitoring.routing, templates=templates, has_all_templates=complete)
    return Monitoring(monitoring.groups, routing)


@pytest.mark.parametrize(
    "text",
    [
        # https://github.com/prometheus/alertmanager/issues/1053
        "{{ range .Alerts }}{{ len .Alerts.Firing }} {{ .CommonLabels.job }}{{ end }}",
        "{{ range .Alerts }}{{ .CommonLabels.job }}{{ end }}",
        "{{ range .Alerts.Firing }}{{ .GroupLabels.job }}{{ end }}",
        # https://github.com/prometheus/alertmanager/issues/2691
        '{{ if eq .GroupLabels.severity "critical" }}1{{ else if .GroupLabels.severity "low" }}3{{ else }}4{{ end }}',
        '{{ if .Status "firing" }}a{{ end }}',
        '{{ if .CommonLabels.severity == "page" }}a{{ end }}',
        "{{ .Labels.job }}",
        "{{ .Annotations.summary }}",
        "{{ .Alerts.Status }}",
        "{{ .Alerts.Labels.job }}",
        "{{ $labels.job }}",
        "{{ $value }}",
        "{{ .Value }}",
        "{{ .CommonLabels.job | toupper }}",
        "{{ humanize 3 }}",
        '{{ template "org.title" . }}',
        "{{ join .CommonLabels.Values }}",
        "{{ .Status.x }}",
        "{{ range .Status }}a{{ end }}",
        "{{ range .Alerts }}a",
        "{{ .commonLabels.job }}",
        '{{ if gt (len .Alerts) "3" }}a{{ end }}',
        '{{ match "a" }}',
        "{{ .CommonLabels.job }",
    ],
)
def test_what_alertmanager_cannot_expand_is_found(text: str) -> None:
    """At the line of the field."""
    assert found(CHECK, _received(text)) == [(6, "error")]


def test_a_template_that_is_called_without_a_dot_gets_nothing() -> None:
    """As in https://github.com/helm/charts/issues/23287: the fault is at the call."""
    (finding,) = CHECK.findings(_received('{{ template "org.title" }}', TITLE))
    assert (finding.where.line, finding.severity.value) == (6, "error")
    assert "called without a dot" in finding.message
    shows = '{{ define "a" }}{{ .CommonLabels.job }}{{ end }}'
    assert found(CHECK, _received('{{ template "a" }}', shows)) == [(6, "warning")]  # Go prints <no value>
    lists = '{{ define "a" }}{{ range .Alerts }}{{ .Labels.job }}{{ end }}{{ end }}'
    assert found(CHECK, _received('{{ template "a" }}', lists)) == [(6, "warning")]  # an empty list


def test_a_fault_in_a_template_file_is_found_at_its_line() -> None:
    """Also if it does not parse at all."""
    wrong = '{{ define "a" }}\n{{ range .Alerts }}\n{{ .CommonLabels.job }}{{ end }}{{ end }}\n'
    (finding,) = CHECK.findings(_received('{{ template "a" . }}', wrong))
    assert (str(finding.where), finding.severity.value) == ("t0.tmpl:3", "error")
    (finding,) = CHECK.findings(_received("a", '{{ define "a" }}\n{{ if }}{{ end }}{{ end }}'))
    assert (str(finding.where), finding.severity.value) == ("t0.tmpl:2", "error")


@pytest.mark.parametrize(
    "text",
    [
        "{{ range .Alerts }}{{ .Labels.job }} {{ .Annotations.summary }} {{ $.CommonLabels.job }}{{ end }}",
        "{{ range .Alerts.Firing }}{{ .StartsAt.Format `15:04` }} {{ .Fingerprint }}{{ end }}",
        '{{ if eq .Status "firing" }}a{{ else if eq .CommonLabels.severity "low" "info" }}b{{ end }}',
        "{{ if gt (len .Alerts.Firing) 0 }}a{{ end }}",
        "{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }}{{ end }}",
        "{{ range $k, $v := .CommonLabels }}{{ $k }}={{ $v }}{{ end }}",
        '{{ .CommonLabels.Remove (stringSlice "a" "b") }}',
        '{{ .GroupLabels.Values | join " " }} {{ .GroupLabels.Names.Join "," }}',
        "{{ with index .Alerts 0 }}{{ .Labels.job }}{{ end }}",
        "{{ (index .Alerts 0).Labels.job }}",
        '{{ template "slack.default.title" . }}',
        '{{ template "__alertmanagerURL" . }}',
        "{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }}",
        '{{ .CommonLabels.job | title | reReplaceAll "a" "b" }}',
        '{{ (index .Alerts 0).StartsAt | tz "Europe/Berlin" | date "15:04" }}',
        "{{ since (index .Alerts 0).StartsAt | humanizeDuration }}",
        '{{ list 1 2 | toJson }} {{ dict "a" 1 }}',
        "{{ .CommonLabels.missing }}",
        "{{ .CommonAnnotations.SortedPairs.Values }}",
        '{{ define "own" }}{{ .Status }}{{ end }}{{ template "own" . }}',
        "plain {} text",
    ],
)
def test_what_alertmanager_can_expand_is_accepted(text: str) -> None:
    """Everything in its template reference."""
    assert not finds(CHECK, _received(text.replace("'", "''")))


def test_without_all_template_files_other_names_may_be_defined() -> None:
    """They are in the container, and not here."""
    assert not finds(CHECK, _received('{{ template "org.title" . }}', complete=False))
    assert not finds(CHECK, _received('{{ template "org.title" . }}', TITLE))


@pytest.mark.parametrize("field", ["StartsAt", "Labels.job", "GeneratorURL"])
def test_a_field_of_an_alert_at_the_top_is_sent_into_range(field: str) -> None:
    """No other field of a notification is proposed in its place: it would be another thing."""
    (finding,) = CHECK.findings(_received(f"{{{{ .{field} }}}}"))
    assert "range .Alerts" in finding.fix


def test_templates_that_call_each_other_twice_end() -> None:
    """Go would expand them until its bound; here the calls are counted."""
    doubling = '{{ define "a" }}{{ template "a" . }}{{ template "a" . }}{{ end }}'
    assert not finds(CHECK, _received('{{ template "a" . }}', doubling))
