"""routing/wildcard-in-matcher: ``=`` compares a star literally."""

import pytest

from stackproof.alerts.checks.routing.wildcard_in_matcher import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed


@pytest.mark.parametrize("matching", ['matchers: [alertname="*"]', "match: {alertname: 'Node.*'}", "matchers: [a!=b*]"])
def test_a_star_in_a_literal_comparison_is_found(matching: str) -> None:
    """Old and new matchers, at their line, with the correct form."""
    monitoring = routed(f"- receiver: pager\n  {matching}")
    assert found(CHECK, monitoring) == [(5, "error")]
    assert ".*" in next(iter(CHECK.findings(monitoring))).fix


@pytest.mark.parametrize("matcher", ['alertname=~".*"', "a=b*c", "a!~x.*"])
def test_regular_expressions_are_accepted(matcher: str) -> None:
    """There a star is an operator."""
    assert not finds(CHECK, routed(f"- {{matchers: [{matcher}], receiver: pager}}"))
