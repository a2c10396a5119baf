"""What a vendor gets as severity or priority is known before an alert fires."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.alerts.routing.setting_text import UnknownTextError, setting_text

LABELS = {"severity": "critical", "team": ""}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("P1", "P1"),
        ("{{ .CommonLabels.severity }}", "critical"),
        ("{{.GroupLabels.severity|toUpper}}", "CRITICAL"),
        ("{{ toUpper .CommonLabels.severity }}", "CRITICAL"),
        ("{{ (index .Alerts 0).Labels.severity }}", "critical"),
        ("{{ .Status }}", "firing"),
        ('{{ "x" }}', "x"),
        ("a {{- /* a comment */ -}} b", "ab"),
        ("{{ if .CommonLabels.team }}a{{ end }}", ""),
        ("{{ if not .CommonLabels.team }}a{{ end }}", "a"),
        ('{{ if eq .CommonLabels.severity "warning" "critical" }}P1{{ else }}P3{{ end }}', "P1"),
        ('{{ if eq .Status "x" }}a{{ else if ne .CommonLabels.severity "x" }}b{{ else }}c{{ end }}d', "bd"),
        ('{{ if eq .Status "x" }}a{{ else if eq .Status "y" }}b{{ else }}c{{ end }}d', "cd"),
        ('{{ if or (eq .Status "x") (and (eq .Status "firing") .CommonLabels.severity) }}a{{ end }}', "a"),
        ("{{ if .CommonLabels.severity }}{{ if .CommonLabels.team }}a{{ else }}b{{ end }}{{ end }}", "b"),
        ("{{ range .Alerts }}{{ .Labels.severity }}{{ end }}", "criticalcritical"),
        ("  {{- if .CommonLabels.severity -}}  P1  {{- end -}}  ", "P1"),
    ],
)
def test_a_template_gives_what_alertmanager_would_send(template: str, text: str) -> None:
    """For a notification of two alerts that fire."""
    assert setting_text(template, LABELS.get, 2) == text


@pytest.mark.parametrize(
    "template",
    [
        *("{{ .CommonLabels.other }}", "{{ template `x` . }}", "{{ $x := .Status }}{{ $x }}", "{{ end }}", "{{ if }}"),
        *("{{ if .Status }}", "{{ range $a := .Alerts }}{{ end }}", "{{ with .Status }}{{ . }}{{ end }}", "{{ else }}"),
        *(
            "{{ eq 1 1 }}",
            "{{ if eq .Status }}{{ end }}",
            "{{ .CommonAnnotations.x }}",
            "{{ if (eq .Status `x` }}{{ end }}",
        ),
    ],
)
def test_what_is_not_understood_is_unknown(template: str) -> None:
    """So no check claims anything."""
    with pytest.raises(UnknownTextError):
        setting_text(template, LABELS.get)


@given(st.lists(st.sampled_from(["{{", "}}", "if ", "else", "end", "range .Alerts", ".Status", '"', "(", ")", "eq "])))
def test_any_text_is_told_or_unknown(parts: list[str]) -> None:
    """Nothing that people write causes another error."""
    try:
        assert isinstance(setting_text("".join(parts), LABELS.get), str)
    except UnknownTextError:
        return
