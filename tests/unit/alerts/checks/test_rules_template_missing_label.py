"""rules/template-missing-label: a message with a hole in it."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules_template_missing_label import CHECK
from tests.unit.alerts.files import alert, found, strikes


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        ("sum(x) > 1", "on {{ $labels.instance }}"),
        ("sum by (job) (x) > 1", "{{ .Labels.instance }}"),
        ('absent(up{job="a"})', "{{ $labels.instance }} is gone"),
        ("a > on (job) b", '{{ index $labels "instance" }}'),
    ],
)
def test_a_label_that_is_never_there_is_found(expr: str, text: str) -> None:
    """Nobody can see which instance is meant."""
    groups = alert(expr, f"for: 1m\nannotations:\n  summary: '{text}'")
    assert found(CHECK, Monitoring(groups=groups)) == [(8, "warning")]


def test_a_label_of_the_rule_is_no_label_of_the_series() -> None:
    """$labels has what the expression gives, and not what the rule adds: the message tells so."""
    groups = alert("sum(x) > 1", "labels: {severity: page}\nannotations: {summary: '{{ $labels.severity }}'}")
    (finding,) = CHECK.findings(Monitoring(groups=groups))
    assert "labels that the rule sets" in finding.message
    assert finding.fix == "write page itself"


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
def test_labels_that_may_be_there_or_are_asked_for_first_are_sound(expr: str, text: str) -> None:
    """What a template asks for with if may be missing; within range the dot is another series."""
    assert not strikes(CHECK, Monitoring(groups=alert(expr, f'annotations:\n  summary: "{text}"')))
