"""rules/template-missing-label: a notification with a gap."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.template_missing_label import CHECK
from tests.unit.alerts.files import alert, finds, found


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        ("sum(x) > 1", "on {{ $labels.instance }}"),
        ("sum by (job) (x) > 1", "{{ .Labels.instance }}"),
        ('absent(up{job="a"})', "{{ $labels.instance }} is gone"),
        ("a > on (job) b", '{{ index $labels "instance" }}'),
    ],
)
def test_a_label_that_is_never_present_is_found(expr: str, text: str) -> None:
    """Nobody could see which instance is affected."""
    groups = alert(expr, f"for: 1m\nannotations:\n  summary: '{text}'")
    assert found(CHECK, Monitoring(groups=groups)) == [(8, "warning")]


def test_a_label_of_the_rule_is_not_a_label_of_the_series() -> None:
    """$labels has the labels of the expression's result, not those that the rule adds; the message says so."""
    groups = alert("sum(x) > 1", "labels: {severity: page}\nannotations: {summary: '{{ $labels.severity }}'}")
    (finding,) = CHECK.findings(Monitoring(groups=groups))
    assert "labels that the rule sets" in finding.message
    assert finding.fix == "write page literally"


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        ("x > 1", "{{ $labels.instance }}"),
        ("sum by (job) (x) > 1", "{{ $labels.job }} {{ $value }}"),
        ('absent(up{job="a"})', "{{ $labels.job }}"),
        ("sum(x) > 1", "{{ if $labels.pod }}{{ $labels.pod }}{{ end }}"),
        ("sum(x) > 1", "{{ range query `up` }}{{ .Labels.instance }}{{ end }}"),
        ("sum(x) > 1", "{{ $externalLabels.cluster }}"),
    ],
)
def test_possible_labels_and_tested_labels_are_accepted(expr: str, text: str) -> None:
    """A label that a template tests with if may be missing; within range the dot is another series."""
    assert not finds(CHECK, Monitoring(groups=alert(expr, f'annotations:\n  summary: "{text}"')))
