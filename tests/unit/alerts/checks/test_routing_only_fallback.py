"""routing/only-fallback: the route was meant for it, and misses it."""

import pytest

from stackproof.alerts.checks.routing_only_fallback import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import routed

CRITICAL = "- {matchers: [severity=critical], receiver: pager}"


@pytest.mark.parametrize("severity", ["Critical", "crit", "critcal", "CRITICAL", "critical_"])
def test_another_spelling_of_a_severity_is_found(severity: str) -> None:
    """The line of the label is named, and what the route asks for."""
    monitoring = routed(CRITICAL, f"Down {{severity: {severity}}}")
    assert found(CHECK, monitoring) == [(6, "warning")]
    (finding,) = CHECK.findings(monitoring)
    assert "asks for 'critical'" in finding.message


def test_a_loud_alert_that_lacks_a_label_is_found() -> None:
    """There is a route for critical alerts of a team, and this one has no team."""
    routes = "- {matchers: [severity=critical, team=db], receiver: pager}"
    assert strikes(CHECK, routed(routes, "Down {severity: critical}", "Full {team: db, severity: critical}"))
    assert not strikes(CHECK, routed(routes, "Odd {severity: warning}", "Full {team: db, severity: critical}"))


@pytest.mark.parametrize(
    ("routes", "rule"),
    [
        (CRITICAL, "Down {severity: critical}"),
        (CRITICAL, "Slow {severity: warning}"),  # the root is for the rest
        (CRITICAL, "Odd {severity: '{{ $labels.level }}'}"),
        ("- {matchers: [team=db1], receiver: pager}", "Down {team: db2}"),
        ("- {matchers: ['severity=~\"crit.*\"'], receiver: pager}", "Down {severity: crit}"),
        (f"{CRITICAL}\n- {{matchers: [severity=crit], receiver: mail}}", "Down {severity: crit}"),
        ("- {matchers: [team=db], receiver: pager}", "Down {severity: critical} up == 0"),
    ],
)
def test_what_the_root_is_for_is_sound(routes: str, rule: str) -> None:
    """Other severities, other numbers, labels that the expression may bring."""
    assert not strikes(CHECK, routed(routes, rule))
