"""receivers/pagerduty-severity: critical here, error there."""

import pytest

from stackproof.alerts.checks.receivers.pagerduty_severity import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import received


@pytest.mark.parametrize(("more", "line"), [("", 5), ("\n  severity: page", 6)])
def test_a_default_or_unknown_severity_is_found(more: str, line: int) -> None:
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
def test_a_severity_that_is_passed_on_is_accepted(integration: str) -> None:
    """Also a fixed one; the first version of the API has none."""
    assert not finds(CHECK, received(f"pagerduty_configs: [{integration}]"))
