"""routing/wildcard-in-matcher: a star is a letter to ``=``."""

import pytest

from stackproof.alerts.checks.routing_wildcard_in_matcher import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import routed


@pytest.mark.parametrize("matching", ['matchers: [alertname="*"]', "match: {alertname: 'Node.*'}", "matchers: [a!=b*]"])
def test_a_star_that_is_compared_is_found(matching: str) -> None:
    """Old and new matchers, at their line; the way to write it is told."""
    monitoring = routed(f"- receiver: pager\n  {matching}")
    assert found(CHECK, monitoring) == [(5, "error")]
    assert ".*" in next(iter(CHECK.findings(monitoring))).fix


@pytest.mark.parametrize("matcher", ['alertname=~".*"', "a=b*c", "a!~x.*"])
def test_regular_expressions_are_sound(matcher: str) -> None:
    """There a star is a star."""
    assert not strikes(CHECK, routed(f"- {{matchers: [{matcher}], receiver: pager}}"))
