"""rules/value-in-label: each new value is another alert."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.value_in_label import CHECK
from tests.unit.alerts.files import alert, finds, found


@pytest.mark.parametrize("text", ["{{ $value }}", "at {{ $value | humanize }}", '{{ printf "%.1f" .Value }}'])
def test_the_value_in_a_label_is_found(text: str) -> None:
    """The alert flaps, and for: never ends."""
    groups = alert("x > 1", f"for: 5m\nlabels:\n  current: '{text}'")
    assert found(CHECK, Monitoring(groups)) == [(8, "warning")]


@pytest.mark.parametrize(
    ("expr", "more"),
    [
        ("x > 1", "annotations: {summary: '{{ $value }}'}"),
        ("x > 1", "labels: {severity: '{{ if gt $value 5.0 }}critical{{ else }}warning{{ end }}'}"),
        ("x > 1", "labels: {team: '{{ $labels.team }}'}"),
        ("up == 0", "labels: {state: '{{ $value }}'}"),
    ],
)
def test_a_label_with_few_values_is_accepted(expr: str, more: str) -> None:
    """Or one value, or the value in an annotation."""
    assert not finds(CHECK, Monitoring(alert(expr, more)))
