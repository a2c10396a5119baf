"""rules/no-annotations: an alert that says nothing."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules_no_annotations import CHECK
from tests.unit.alerts.files import alert, found, group, strikes


@pytest.mark.parametrize("more", ["", "annotations: {}", "annotations: {summary: ''}"])
def test_an_alert_without_words_is_told(more: str) -> None:
    """Who is called wants to know what is wrong."""
    assert found(CHECK, Monitoring(groups=alert("x > 1", more))) == [(4, "info")]


def test_a_summary_is_enough() -> None:
    """Any word of explanation will do; recordings need none."""
    assert not strikes(CHECK, Monitoring(groups=alert("x > 1", "annotations: {runbook_url: 'https://x'}")))
    assert not strikes(CHECK, Monitoring(groups=group("- {record: a, expr: x}")))
