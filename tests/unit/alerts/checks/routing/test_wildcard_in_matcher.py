"""routing/wildcard-in-matcher: ``=`` compares a star literally."""

import pytest

from stackproof.alerts.checks.routing.wildcard_in_matcher import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed


@pytest.mark.parametrize(
    ("matching", "severity"),
    [
        ('matchers: [alertname="*"]', "error"),
        ("match: {alertname: 'Node.*'}", "error"),
        ("matchers: [severity!=crit*]", "error"),
        ("matchers: [a!=b*]", "warning"),
        ("match: {namespace: '*'}", "warning"),
    ],
)
def test_a_star_in_a_literal_comparison_is_found(matching: str, severity: str) -> None:
    """Old and new matchers, at their line, with the correct form; only rules give names and severities."""
    monitoring = routed(f"- receiver: pager\n  {matching}")
    assert found(CHECK, monitoring) == [(5, severity)]
    assert ".*" in next(iter(CHECK.findings(monitoring))).fix


def test_rules_make_it_certain() -> None:
    """No alert has that value, and some alert has one that the pattern means."""
    routes = "- {matchers: [team=db*], receiver: pager}"
    assert found(CHECK, routed(routes, "A {team: db1}", "B {team: web}")) == [(4, "error")]
    assert found(CHECK, routed(routes, "A {team: db1}", "B {severity: page} x > 1")) == [(4, "warning")]
    assert found(CHECK, routed(routes, "B {team: web}")) == [(4, "warning")]
    assert found(CHECK, routed(routes, "B {team: 'db*'}")) == []


@pytest.mark.parametrize("matcher", ['alertname=~".*"', "a=b*c", "a!~x.*", "handler=/api/users/*", "path=/*"])
def test_regular_expressions_and_paths_are_accepted(matcher: str) -> None:
    """There a star is an operator; web services have handlers such as /users/*."""
    assert not finds(CHECK, routed(f"- {{matchers: [{matcher}], receiver: pager}}"))
