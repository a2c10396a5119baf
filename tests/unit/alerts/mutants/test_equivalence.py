"""Edits that are proved to change nothing."""

import pytest

from stackproof.alerts.mutants.rules import rule_mutants
from tests.unit.alerts.files import alert, group


def _reasons(expr: str, operator: str, more: str = "") -> dict[str, str]:
    mutants = rule_mutants(alert(expr, more), 15)
    return {each.rule.expr: each.mutant.equivalent for each in mutants if each.mutant.operator == operator}


def test_a_for_of_as_many_evaluations_is_the_same() -> None:
    """Half of 15 s is no less than one evaluation in 15 s; none at all is."""
    mutants = rule_mutants(alert("up == 0", "for: 15s\n"), 15)
    assert {each.rule.for_s: bool(each.mutant.equivalent) for each in mutants if each.mutant.operator == "for"} == {
        0: False,
        7.5: True,
        30: False,
    }


def test_groups_of_one_series_have_one_value() -> None:
    """The sum of one is its greatest; of those that an inner grouping leaves apart there is one."""
    reasons = _reasons("sum by (a, b) (max by (a) (x)) > 1", "aggregation")
    assert reasons == {
        "sum by (a, b) (min by (a) (x)) > 1": "",
        "sum by (a, b) (sum by (a) (x)) > 1": "",
        "max by (a, b) (max by (a) (x)) > 1": "each group has one series at most",
        "avg by (a, b) (max by (a) (x)) > 1": "each group has one series at most",
    }


def test_a_label_that_no_series_has_is_not_missed() -> None:
    """A recorded metric has the labels that its rule leaves."""
    rules = group("""
        - record: r
          expr: sum by (a) (x)
        - alert: A
          expr: max by (a, b) (r) > 1
    """)
    found = {each.rule.expr: each.mutant.equivalent for each in rule_mutants(rules, 15) if each.rule.name == "A"}
    assert found["max by (a) (r) > 1"] == "no series there has the label b"
    assert found["max by (b) (r) > 1"] == ""
    assert found["max without (a, b) (r) > 1"] == ""


@pytest.mark.parametrize("outer", ["sum by (le) ({})", "({})"])
def test_a_quantile_is_the_same_of_all_multiples(outer: str) -> None:
    """What a window's buckets grew by is their rate times its length."""
    inner = outer.format("rate(x_bucket[5m])")
    reasons = _reasons(f"histogram_quantile(0.9, {inner}) > 1", "function")
    assert list(reasons.values()) == ["a quantile is the same of all multiples of its buckets"]


def test_a_rate_elsewhere_is_no_multiple() -> None:
    """A threshold notices the difference."""
    assert _reasons("sum(rate(x[5m])) > 1", "function") == {"sum(increase(x[5m])) > 1": ""}
