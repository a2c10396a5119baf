"""inhibition/never-applies: an inhibition that mutes nothing."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.inhibition.never_applies import CHECK
from tests.unit.alerts.files import finds, found, routing
from tests.unit.alerts.routes import inhibiting, ruled

DOWN, SLOW = "Down {severity: critical} up == 0", "Slow {severity: warning} latency > 1"
NAMED = "source_matchers: [alertname=Down]\ntarget_matchers: [alertname=Slow]\nequal: [%s]"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("source_matchers: [a=b, a=c]\ntarget_matchers: [d=e]", 3),
        ("source_matchers: [a=b]\ntarget_match: {c: d}\ntarget_match_re: {c: e|f}", 4),
        ("source_matchers: [severity=critical]\ntarget_matchers: [severity=warning]\nequal: [job, severity]", 5),
        (NAMED % "alertname", 5),
    ],
)
def test_contradictory_sides_are_found(rule: str, line: int) -> None:
    """This needs no rules."""
    assert found(CHECK, inhibiting(rule)) == [(line, "warning")]


@pytest.mark.parametrize(
    ("rule", "line", "slow"),
    [
        (NAMED.replace("Down", "NodeDown") % "job", 3, SLOW),
        (NAMED.replace("Slow", "TooSlow") % "job", 4, SLOW),
        (NAMED % "instance", 5, "Slow {severity: warning} sum by (job) (latency) > 1"),
        (NAMED % "job, severity", 5, SLOW),
    ],
)
def test_sides_that_no_rule_matches_are_found(rule: str, line: int, slow: str) -> None:
    """Alerts that do not exist, and labels that one side always has and the other never."""
    assert found(CHECK, inhibiting(rule, DOWN, slow)) == [(line, "warning")]


@pytest.mark.parametrize("slow", [SLOW, "Slow {severity: warning} sum(job:latency) > 1"])
def test_an_inhibition_that_may_apply_is_accepted(slow: str) -> None:
    """Labels that both may have; without rules everything is possible."""
    assert not finds(CHECK, inhibiting(NAMED % "job, instance", DOWN, SLOW))
    assert not finds(CHECK, inhibiting(NAMED % "cluster", DOWN, slow))
    assert not finds(CHECK, inhibiting(NAMED % "instance"))


def test_a_label_that_no_alert_has_is_named() -> None:
    """People write alert for alertname; the line is that of the matcher."""
    for label in ("alert", "alert_name"):
        rule = f"source_match:\n  severity: critical\n  {label}: Down\ntarget_match: {{{label}: Slow}}\nequal: [job]"
        (finding,) = CHECK.findings(inhibiting(rule, DOWN, SLOW))
        assert (finding.where.line, finding.severity.value) == (5, "warning")
        assert finding.message.endswith(f"no alert has the label {label}")


def test_an_anchored_pattern_is_explained() -> None:
    """A pattern must match the whole name."""
    rule = "source_matchers: ['alertname=~\"Dow\"']\ntarget_matchers: [alertname=Slow]\nequal: [job]"
    (finding,) = CHECK.findings(inhibiting(rule, DOWN, SLOW))
    assert 'alertname=~"Dow.*"' in finding.fix


def test_thousands_of_inhibitions_are_checked_in_seconds() -> None:
    """With thousands of alerts."""
    rules = ruled(*(f"A{number} {{severity: warning, team: t{number}}}" for number in range(1000)))
    text = "route: {receiver: a}\nreceivers: [{name: a}]\ninhibit_rules:\n" + "".join(
        f"- {{source_matchers: [severity=critical, team=t{number}], target_matchers: [severity=warning]}}\n"
        for number in range(1000)
    )
    assert len(found(CHECK, Monitoring(routing=routing(text), groups=rules))) == 1000
