"""rules/no-annotations: an alert without an explanation."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.no_annotations import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize("more", ["", "annotations: {}", "annotations: {summary: ''}"])
def test_an_alert_without_annotations_is_found(more: str) -> None:
    """The person on call needs to know what is wrong."""
    assert found(CHECK, Monitoring(groups=alert("x > 1", more))) == [(4, "info")]


def test_a_summary_is_enough() -> None:
    """Any explanation will do; recording rules need none."""
    assert not finds(CHECK, Monitoring(groups=alert("x > 1", "annotations: {runbook_url: 'https://x'}")))
    assert not finds(CHECK, Monitoring(groups=group("- {record: a, expr: x}")))
