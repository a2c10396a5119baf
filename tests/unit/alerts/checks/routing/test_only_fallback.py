"""routing/only-fallback: an alert misses the route that is meant for it."""

import pytest

from stackproof.alerts.checks.routing.only_fallback import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed

CRITICAL = "- {matchers: [severity=critical], receiver: pager}"


@pytest.mark.parametrize("severity", ["Critical", "crit", "critcal", "CRITICAL", "critical_"])
def test_another_spelling_of_a_severity_is_found(severity: str) -> None:
    """The line of the label is reported, with the value that the route requires."""
    monitoring = routed(CRITICAL, f"Down {{severity: {severity}}}")
    assert found(CHECK, monitoring) == [(6, "warning")]
    (finding,) = CHECK.findings(monitoring)
    assert "requires 'critical'" in finding.message


def test_an_urgent_alert_that_lacks_a_label_is_found() -> None:
    """A team has a route for its critical alerts, and this alert has no team."""
    routes = "- {matchers: [severity=critical, team=db], receiver: pager}"
    rules = ("Down {severity: critical}", "Full {team: db, severity: critical}")
    assert finds(CHECK, routed(routes, *rules))
    more = ("Slow {severity: critical}", "Lost {severity: critical}")
    assert not finds(CHECK, routed(routes, *rules, *more))  # most alerts have no team: it is a route for one team
    assert not finds(CHECK, routed(routes, "Odd {severity: warning}", "Full {team: db, severity: critical}"))


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
        ("- {matchers: [severity=critical, namespace=shop], receiver: pager}", "Down {severity: critical} up == 0"),
        ("- {matchers: [severity=critical, alertname=Full], receiver: pager}", "Down {severity: critical}"),
    ],
)
def test_alerts_that_the_root_is_meant_for_are_accepted(routes: str, rule: str) -> None:
    """Other severities, other numbers, labels that the expression may provide."""
    assert not finds(CHECK, routed(routes, rule))
