"""receivers/pagerduty-severity: critical here, error there."""

import pytest

from stackproof.alerts.checks.receivers_pagerduty_severity import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import received


@pytest.mark.parametrize(("more", "line"), [("", 5), ("\n  severity: page", 6)])
def test_a_default_or_a_word_that_pagerduty_has_not_is_found(more: str, line: int) -> None:
    """PagerDuty has four severities."""
    assert found(CHECK, received(f"pagerduty_configs:\n- routing_key: k{more}")) == [(line, "warning")]


@pytest.mark.parametrize(
    "integration",
    [
        "{routing_key: k, severity: '{{ .CommonLabels.severity }}'}",
        "{routing_key: k, severity: critical}",
        "{service_key: k}",
    ],
)
def test_a_severity_that_is_handed_on_is_sound(integration: str) -> None:
    """Or one that is meant; the old interface has none."""
    assert not strikes(CHECK, received(f"pagerduty_configs: [{integration}]"))
