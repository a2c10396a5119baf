"""Templates fail where we say so, and nowhere else: promtool and amtool expand them in the tools image."""

import io
import json
import tarfile
from collections.abc import Mapping, Sequence

import pytest

from stackproof.alerts.templates.notification_texts import notification_texts, templates_of
from stackproof.alerts.templates.rule_texts import RuleText
from stackproof.engine.docker.images.build import TOOLS, ensure_image
from stackproof.engine.engines import default_engine
from stackproof.model.monitoring import NOWHERE
from tests.unit.alerts.files import routing

_RULES = """\
groups: [{name: g, rules: [{alert: A, expr: 'x > 1', annotations: {text: %s}}]}]
"""
_TEST = """\
rule_files: [rules.yml]
tests:
- input_series: [{series: 'x{job="api", path="/a b"}', values: '5'}]
  alert_rule_test: [{eval_time: 0, alertname: A, exp_alerts: [{exp_annotations: {text: other}}]}]
"""
_ASK_PROMTOOL = """
cd /tmp && tar -xf - && for each in rules-*; do
    cp "$each" rules.yml; promtool test rules test.yml >said 2>&1
    if grep -qE 'error expanding|error parsing|could not parse|template: ' said; then echo fails; else echo expands; fi
done
"""
_ASK_AMTOOL = """
cd /tmp && tar -xf - && for each in text-*; do
    if amtool template render --template.glob='/tmp/none-*' --template.text="$(cat "$each")" >said 2>&1
    then echo expands; else echo fails; fi
done
"""
_FAILING_RULES = (
    "{{ .Labels.job | nothing }}",
    "{{ $label.job }}",
    "{{ $value | printf }}",
    "{{ printf $value }}",
    "{{ humanize }}",
    "{{ humanize $value $value }}",
    "{{ .Instance }}",
    "{{ .labels.job }}",
    "{{ labels.job }}",
    "{{ value }}",
    "{{ $value.Number }}",
    "{{ $labels.job.name }}",
    "{{ if $labels.job 'api' }}x{{ end }}",
    '{{ if $labels.job "api" }}x{{ end }}',
    "{{ if eq $value 5 }}x{{ end }}",
    "{{ if gt $value 1 }}x{{ end }}",
    "{{ range $value }}x{{ end }}",
    "{{ end }}",
    "{{ if $value }}",
    "{{ $labels.job",
    '{{ template "none" }}',
    "{{ reReplaceAll 1 2 3 }}",
    "{{ $x := 1 }}{{ $y }}",
    '{{ .Value | eq "5" }}',
    '{{ with query "x" }}{{ .Labels.job }}{{ end }}',
    "{{ $labels.job | humanizePercentage | nothing }}",
)
_EXPANDED_RULES = (
    "{{ $labels.job }} {{ $value }}",
    "{{ .Labels.job }} {{ .Value }} {{ .ExternalURL }} {{ .ExternalLabels.cluster }}",
    "{{ $labels.none }}",
    '{{ index $labels "job" }}',
    "{{ if eq $labels.job `api` }}x{{ else }}y{{ end }}",
    "{{ if gt $value 1.0 }}x{{ end }}",
    "{{ $value | humanize }} {{ $value | humanize1024 }} {{ $value | humanizeDuration }}",
    "{{ $value | humanizePercentage }} {{ humanizeTimestamp 1.6e9 }}",
    '{{ printf "%.2f" $value }} {{ $value | printf "%.0f" }} {{ printf "%d" $value }}',
    '{{ range query "x" }}{{ .Labels.job }} {{ .Value }} {{ . | label "job" }} {{ . | value }}{{ end }}',
    '{{ with query "x" }}{{ . | first | value | humanize }}{{ end }}',
    "{{ $labels.job | toUpper | title }} {{ reReplaceAll `a` `b` $labels.job }}",
    '{{ define "t" }}{{ .Value }}{{ end }}{{ template "t" . }}',
    '{{ define "t" }}{{ .Value }}{{ end }}{{ template "t" }}',
    "{{ $x := $value }}{{ $x }}{{ range $k, $v := $labels }}{{ $k }}={{ $v }}{{ end }}",
    '{{ "{{ braces }}" }} }} and {{/* a comment */}}',
    "{{ len $labels.job }} {{ urlquery $labels.path }} {{ html $labels.path }}",
    "{{ $value | not }} {{ and $value $labels.job }} {{ (query `x` | first).Value }}",
    '{{ args 1 2 }} {{ match "a" $labels.job }} {{ parseDuration "1h" }} {{ $labels }}',
)
_FAILING_NOTIFICATIONS = (
    "{{ .Labels.job }}",
    "{{ $labels.job }}",
    "{{ .Foo }}",
    "{{ .Alerts.Labels }}",
    "{{ .CommonLabels.job.name }}",
    "{{ range .Alerts }}{{ .CommonLabels.job }}{{ end }}",
    "{{ range .Alerts }}{{ .Value }}{{ end }}",
    "{{ range .Alerts }}{{ .Status.Foo }}{{ end }}",
    "{{ .Status | upper }}",
    "{{ .Status | humanize }}",
    "{{ if .Status 'firing' }}x{{ end }}",
    '{{ if .Status "firing" }}x{{ end }}',
    '{{ template "none" . }}',
    "{{ if eq .Status 1 }}x{{ end }}",
    "{{ if gt (len .Alerts) 1.5 }}x{{ end }}",
    "{{ (index .Alerts 0).Foo }}",
    "{{ .Alerts | first }}",
    "{{ toUpper }}",
    "{{ join .Status }}",
    "{{ end }}",
    "{{ range .Alerts }}",
    "{{ range .Status }}x{{ end }}",
    '{{ define "t" }}{{ .Labels.job }}{{ end }}{{ template "t" . }}',
    "{{ .CommonLabels.SortedPairs.Foo }}",
)
_EXPANDED_NOTIFICATIONS = (
    "{{ .Status | toUpper }} {{ .Receiver }} {{ .ExternalURL }} {{ .GroupLabels.alertname }}",
    "{{ .CommonLabels.none }} {{ .CommonAnnotations.summary }}",
    '{{ .GroupLabels.SortedPairs.Values | join " " }} {{ .CommonLabels.Names }}',
    "{{ range .Alerts }}{{ .Labels.job }} {{ .StartsAt }} {{ .Fingerprint }} {{ .GeneratorURL }}{{ end }}",
    "{{ range .Alerts.Firing }}{{ .Status }}{{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value }}{{ end }}{{ end }}",
    "{{ len .Alerts.Resolved }} {{ (index .Alerts 0).Labels.job }} {{ .Alerts.Firing | len }}",
    '{{ if eq .Status "firing" }}x{{ else }}y{{ end }} {{ if gt (len .Alerts) 1 }}z{{ end }}',
    '{{ define "t" }}{{ .Status }}{{ end }}{{ template "t" . }}',
    '{{ define "t" }}{{ .Status }}{{ end }}{{ template "t" }}',
    '{{ reReplaceAll "a" "b" .Status }} {{ match "f.*" .Status }} {{ stringSlice "a" "b" | join "," }}',
    '{{ printf "%s: %d" .Status (len .Alerts) }} {{ .CommonLabels.Remove (stringSlice "job") }}',
    "{{ range $i, $a := .Alerts }}{{ if $i }}, {{ end }}{{ $a.Labels.job }}{{ end }}",
    '{{ with .CommonAnnotations.none }}{{ . }}{{ end }} {{ "{{ braces }}" }} {{ .Status | title }}',
)


def _told(texts: Mapping[str, str], script: str) -> list[str]:
    """What the tools say of each file, in the order of the names."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in texts.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    done = default_engine().toolbox.run(("sh", "-c", script), packed.getvalue(), 300.0)
    assert done.code == 0, done.errors
    return done.output.decode().split()


def _numbered(kind: str, texts: Sequence[str]) -> dict[str, str]:
    return {f"{kind}-{number:03}": text for number, text in enumerate(texts)}


def _notification_fails(text: str) -> bool:
    config = (
        "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url: 'http://x', channel: '#a', text: %s}]}]"
    )
    read = routing(config % json.dumps(text))
    (integration,) = read.receivers[0].integrations
    found = [each for each in notification_texts(integration, templates_of(read)) if each.part == "text"]
    return any(problem.fails for each in found for problem in each.problems)


@pytest.fixture(scope="module", autouse=True)
def _image() -> None:
    ensure_image(TOOLS, lambda _line: None)


def test_promtool_agrees_on_the_texts_of_rules() -> None:
    """Go's own expansion, on real alerts."""
    texts = (*_FAILING_RULES, *_EXPANDED_RULES)
    files = _numbered("rules", [_RULES % json.dumps(text) for text in texts])
    told = _told({"test.yml": _TEST, **files}, _ASK_PROMTOOL)
    assert dict(zip(texts, told, strict=True)) == {
        **dict.fromkeys(_FAILING_RULES, "fails"),
        **dict.fromkeys(_EXPANDED_RULES, "expands"),
    }


def test_amtool_agrees_on_the_texts_of_notifications() -> None:
    """Go's own expansion, with the data of a notification."""
    texts = (*_FAILING_NOTIFICATIONS, *_EXPANDED_NOTIFICATIONS)
    told = _told(_numbered("text", texts), _ASK_AMTOOL)
    assert dict(zip(texts, told, strict=True)) == {
        **dict.fromkeys(_FAILING_NOTIFICATIONS, "fails"),
        **dict.fromkeys(_EXPANDED_NOTIFICATIONS, "expands"),
    }


@pytest.mark.parametrize("text", [*_FAILING_RULES, *_EXPANDED_RULES])
def test_we_say_the_same_of_rules(text: str) -> None:
    """Neither missed nor invented."""
    found = RuleText("annotations.text", text, NOWHERE).problems
    assert any(problem.fails for problem in found) == (text in _FAILING_RULES)


@pytest.mark.parametrize("text", [*_FAILING_NOTIFICATIONS, *_EXPANDED_NOTIFICATIONS])
def test_we_say_the_same_of_notifications(text: str) -> None:
    """Neither missed nor invented."""
    assert _notification_fails(text) == (text in _FAILING_NOTIFICATIONS)
