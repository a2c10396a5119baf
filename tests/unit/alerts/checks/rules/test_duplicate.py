"""rules/duplicate: the same alert twice."""

from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.duplicate import CHECK
from stackproof.declare.prometheus.rule_file import rules_of
from stackproof.documents.yaml_reader import parse_tree
from tests.unit.alerts.files import finds, found, group


def test_the_second_alert_is_found() -> None:
    """However it is written."""
    groups = group("- {alert: A, expr: x > 1}\n- {alert: B, expr: y > 1}\n- {alert: A, expr: '(x) > 1', for: 5m}")
    assert not finds(CHECK, Monitoring(groups=groups))
    groups = group("- {alert: A, expr: x > 1}\n- {alert: B, expr: y > 1}\n- {alert: A, expr: 'x>1', for: 5m}")
    assert found(CHECK, Monitoring(groups=groups)) == [(6, "warning")]


@pytest.mark.parametrize(
    "second",
    ["{alert: A, expr: x > 2}", "{alert: A, expr: x > 1, labels: {severity: page}}", "{record: A, expr: x > 1}"],
)
def test_one_name_for_several_limits_is_accepted(second: str) -> None:
    """A warning and a critical alert often share a name."""
    assert not finds(CHECK, Monitoring(groups=group(f"- {{alert: A, expr: x > 1}}\n- {second}")))


def test_another_file_may_belong_to_another_prometheus() -> None:
    """One folder often has the rules of several servers."""
    text = "groups: [{name: g, rules: [{alert: A, expr: x > 1}]}]"
    groups = tuple(
        each for name in ("a.yml", "b.yml") for each in rules_of(Path(name), parse_tree(Path(name), text)).groups
    )
    assert found(CHECK, Monitoring(groups=groups)) == [(1, "info")]
