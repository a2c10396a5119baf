"""rules/no-severity: what all others have is missing."""

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules_no_severity import CHECK
from tests.unit.alerts.files import alert, found, group, routing, strikes

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


def test_the_one_without_is_found_among_others_with_it() -> None:
    """Somebody forgot it."""
    groups = alert("a > 1") + group(OTHERS)
    assert found(CHECK, Monitoring(groups=groups)) == [(4, "warning")]


def test_routes_that_go_by_it_make_it_wanted() -> None:
    """Even where no alert has it: none takes its route."""
    assert found(CHECK, Monitoring(groups=alert("a > 1"), routing=BY_SEVERITY)) == [(4, "warning")]


def test_where_nobody_uses_it_nothing_is_said() -> None:
    """Some go by priority, or by nothing."""
    assert not strikes(CHECK, Monitoring(groups=alert("a > 1")))
    assert not strikes(CHECK, Monitoring(groups=alert("a > 1", "labels: {severity: info}") + group(OTHERS)))


def test_a_dead_mans_switch_needs_none() -> None:
    """It fires always, and goes a way of its own."""
    assert not strikes(CHECK, Monitoring(groups=alert("vector(1)") + group(OTHERS)))


def test_a_severity_that_the_expression_brings_is_there() -> None:
    """label_replace can set it by what is seen."""
    groups = alert('label_replace(x > 1, "severity", "$1", "level", "(.*)")') + group(OTHERS)
    assert not strikes(CHECK, Monitoring(groups=groups))
