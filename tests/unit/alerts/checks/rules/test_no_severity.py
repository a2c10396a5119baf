"""rules/no-severity: a label that all other alerts have is missing."""

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.no_severity import CHECK
from tests.unit.alerts.files import alert, finds, found, group, routing

BY_SEVERITY = routing(
    """\
    route: {receiver: a, routes: [{receiver: b, matchers: ['severity="critical"']}]}
    receivers: [{name: a}, {name: b}]
    """
)
OTHERS = """
- {alert: B, expr: b > 1, labels: {severity: critical}}
- {alert: C, expr: c > 1, labels: {severity: warning}}
"""


def test_the_only_alert_without_a_severity_is_found() -> None:
    """Somebody forgot it."""
    groups = alert("a > 1") + group(OTHERS)
    assert found(CHECK, Monitoring(groups=groups)) == [(4, "warning")]


def test_routes_that_match_on_it_require_it() -> None:
    """Even if no alert has it: none reaches its route."""
    assert found(CHECK, Monitoring(groups=alert("a > 1"), routing=BY_SEVERITY)) == [(4, "warning")]


def test_where_nobody_uses_it_nothing_is_found() -> None:
    """Some use a priority, or nothing."""
    assert not finds(CHECK, Monitoring(groups=alert("a > 1")))
    assert not finds(CHECK, Monitoring(groups=alert("a > 1", "labels: {severity: info}") + group(OTHERS)))


def test_a_dead_mans_switch_needs_no_severity() -> None:
    """It always fires, and is routed separately."""
    assert not finds(CHECK, Monitoring(groups=alert("vector(1)") + group(OTHERS)))


def test_a_severity_from_the_expression_counts() -> None:
    """label_replace can set it."""
    groups = alert('label_replace(x > 1, "severity", "$1", "level", "(.*)")') + group(OTHERS)
    assert not finds(CHECK, Monitoring(groups=groups))


def test_a_misspelt_label_is_named() -> None:
    """The reader sees at once what to rename."""
    groups = alert("a > 1", "labels: {serverity: critical}") + group(OTHERS)
    (finding,) = CHECK.findings(Monitoring(groups=groups))
    assert "it has the label serverity" in finding.message
    assert finding.fix == "rename the label serverity to severity"
