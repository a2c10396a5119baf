"""Edits that provably change nothing."""

import pytest

from stackproof.alerts.mutants.rule_mutants import rule_mutants
from tests.unit.alerts.files import alert, group


def _reasons(expr: str, operator: str, more: str = "") -> dict[str, str]:
    mutants = rule_mutants(alert(expr, more), 15)
    return {each.rule.expr: each.mutant.equivalent for each in mutants if each.mutant.operator == operator}


def test_a_for_with_as_many_evaluations_is_equivalent() -> None:
    """Half of 15 s is still one evaluation every 15 s; zero is not."""
    mutants = rule_mutants(alert("up == 0", "for: 15s\n"), 15)
    assert {each.rule.for_s: bool(each.mutant.equivalent) for each in mutants if each.mutant.operator == "for"} == {
        0: False,
        7.5: True,
        30: False,
    }


def test_groups_of_one_series_have_one_value() -> None:
    """The sum of one series is its maximum, also when an inner grouping leaves only one."""
    reasons = _reasons("sum by (a, b) (max by (a) (x)) > 1", "aggregation")
    assert reasons == {
        "sum by (a, b) (min by (a) (x)) > 1": "",
        "sum by (a, b) (sum by (a) (x)) > 1": "",
        "max by (a, b) (max by (a) (x)) > 1": "each group has at most one series",
        "avg by (a, b) (max by (a) (x)) > 1": "each group has at most one series",
    }


def test_dropping_a_label_that_no_series_has_is_equivalent() -> None:
    """A recorded metric has the labels that its rule keeps."""
    rules = group("""
        - record: r
          expr: sum by (a) (x)
        - alert: A
          expr: max by (a, b) (r) > 1
    """)
    found = {each.rule.expr: each.mutant.equivalent for each in rule_mutants(rules, 15) if each.rule.name == "A"}
    assert found["max by (a) (r) > 1"] == "none of the series has the label b"
    assert found["max by (b) (r) > 1"] == ""
    assert found["max without (a, b) (r) > 1"] == ""


@pytest.mark.parametrize("outer", ["sum by (le) ({})", "({})"])
def test_multiples_of_buckets_have_the_same_quantile(outer: str) -> None:
    """The increase over a window is the rate times its length."""
    inner = outer.format("rate(x_bucket[5m])")
    reasons = _reasons(f"histogram_quantile(0.9, {inner}) > 1", "function")
    assert list(reasons.values()) == ["multiples of the buckets have the same quantile"]


def test_outside_a_quantile_rate_and_increase_differ() -> None:
    """A threshold shows the difference."""
    assert _reasons("sum(rate(x[5m])) > 1", "function") == {"sum(increase(x[5m])) > 1": ""}


def test_a_matcher_that_the_other_side_of_a_join_has_too_can_be_dropped() -> None:
    """The additional series find no partner, if the join matches on that label and the side may grow."""
    both = 'sum without (w) (a{x="1", y="2"}) > 3 and b{x="1"}'
    reasons = _reasons(both, "matcher")
    without_x = 'sum without (w) (a{y="2"}) > 3 and b{x="1"}'
    assert reasons[without_x] == "the other side of the join has x=1"
    assert [expr for expr, reason in reasons.items() if reason] == [
        without_x,
        'sum without (w) (a{x="1",y="2"}) > 3 and b',
    ]


@pytest.mark.parametrize(
    ("expr", "needless"),
    [
        ('a{x="1"} and on (z) b{x="1"}', []),
        ('a{x="1"} and ignoring (x) b{x="1"}', []),
        ('a{x="1"} and on (x) b{x="2"}', []),
        ('a{x="1"} and b{x=~"1"}', []),
        ('a{x="1"} or b{x="1"}', []),
        ('a{x="1"} unless b{x="1"}', ['a{x="1"} unless b']),
        ('sum by (x) (a{x="1"}) and sum(b{x="1"})', []),
        ('topk(1, a{x="1"}) and b{x="1"}', []),
        ('label_replace(a{x="1"}, "x", "1", "", "") and b{x="1"}', []),
        # Two that look alike on the right would be an error; where all labels are matched, no two of one metric do.
        ('a{x="1"} / on (x) b{x="1"} > 1', ['a / on (x) b{x="1"} > 1']),
        ('a{x="1"} / on (x) group_left () b{x="1"} > 1', ['a / on (x) group_left () b{x="1"} > 1']),
        ('a{x="1"} / on (x) group_right () b{x="1"} > 1', ['a{x="1"} / on (x) group_right () b > 1']),
        ('a{x="1"} - b{x="1"} > 1', ['a - b{x="1"} > 1', 'a{x="1"} - b > 1']),
        ('a{x="1"} - {__name__=~"b|c", x="1"} > 1', ['a - {__name__=~"b|c",x="1"} > 1']),
    ],
)
def test_a_matcher_counts_where_the_join_can_show_the_difference(expr: str, needless: list[str]) -> None:
    """A label that is not matched on, another value, a pattern, a function that mixes labels, an error of the join."""
    assert [each for each, reason in _reasons(expr, "matcher").items() if reason] == needless


def test_a_label_with_one_value_on_both_sides_need_not_be_matched_on() -> None:
    """The other label distinguishes the series."""
    reasons = _reasons('a{x="1"} / on (x, y) group_left () b{x="1"} > 1', "grouping")
    assert {expr for expr, reason in reasons.items() if reason} == {'a{x="1"} / on (y) group_left () b{x="1"} > 1'}
    assert set(reasons.values()) == {"", "both sides have one value of x"}
    assert "both sides have one value of x" in _reasons('a{x="1"} and on (x, y) b{x="1"}', "grouping").values()


def test_a_label_of_on_counts_where_the_result_has_only_those_labels() -> None:
    """A one-to-one join drops all other labels."""
    assert set(_reasons('a{x="1"} / on (x, y) b{x="1"} > 1', "grouping").values()) == {""}


@pytest.mark.parametrize(
    ("expr", "operator", "unused"),
    [
        ("a > 1 and max without (w) (b > 2)", "aggregation", True),
        ("a > 1 unless max without (w) (b > 2)", "aggregation", True),
        ("max without (w) (a > 1) and b", "aggregation", False),
        ("a or max without (w) (b)", "aggregation", False),
        ("a and max without (w) (b) > 2", "aggregation", False),
        ("a and topk(1, max without (w) (b))", "aggregation", False),
        ("count(max by (w) (b)) > 2", "aggregation", True),
        ("sum(max by (w) (b)) > 2", "aggregation", False),
        ("count_over_time(avg_over_time(a[1m])[1h:1m]) > 3", "function", True),
        ("count_over_time(vector(1)[1h:1m]) > 3", "constant", True),
        ("sum_over_time(vector(1)[1h:1m]) > 3", "constant", False),
    ],
)
def test_an_unused_value_may_change(expr: str, operator: str, *, unused: bool) -> None:
    """A count, and ``and`` and ``unless`` on their right, use only the existence of series."""
    reasons = set(_reasons(expr, operator).values())
    assert ("nothing reads that value" in reasons) is unused


def test_a_sum_of_ones_is_their_count() -> None:
    """A sum of twos is not."""
    assert list(_reasons("count_over_time(vector(1)[1h:1m]) > 3", "function").values()) == [
        "the sum of ones is their count"
    ]
    assert list(_reasons("count_over_time(vector(2)[1h:1m]) > 3", "function").values()) == [""]


RECORDS = """
    - record: r
      expr: x
      labels: {job: a, site: s, zone: "1"}
    - record: r
      expr: y
      labels: {job: b, site: s, zone: "2"}
"""


@pytest.mark.parametrize(
    ("expr", "needless"),
    [
        ('r{job="a"} > 1', {"job", "site", "zone"}),
        ("r > 1", {"site"}),
        ('other{job="a"} > 1', {"job"}),
        ('other{job=~"a"} > 1', set()),
        ('sum by (site) (r{job="a"}) > 1', {"site"}),
        ('max_over_time(r{job="a"}[1h]) > 1', {"job", "site", "zone"}),
        ('r{job="a"} > 1 and other', {"job", "site", "zone"}),
        ('r{job="a"} > 1 or r > 1', {"site"}),
        ('r{job="a"} / on (site) other > 1', {"site"}),
        ('r{job="a"} / ignoring (zone) r{job="a"} > 1', {"job", "site"}),
        ('r{job="a"} / on (site) group_left (zone) other > 1', {"job", "site"}),
        ('other / on (site) group_right () r{job="a"} > 1', set()),
        ("absent(r)", set()),
    ],
)
def test_a_label_that_all_series_have_need_not_be_set(expr: str, needless: set[str]) -> None:
    """Their selector requires it, or every rule that records them sets it, and nothing in between drops it."""
    rules = group(f"{RECORDS}    - alert: A\n      expr: '{expr}'\n      labels: {{job: a, site: s, zone: \"1\"}}\n")
    dropped = {
        name: each.mutant.equivalent
        for each in rule_mutants(rules, 15)
        for name in each.original.labels
        if each.rule.name == "A" and name not in each.rule.labels
    }
    assert set(dropped) == {"job", "site", "zone"}
    assert {name for name, reason in dropped.items() if reason} == needless


def test_a_rule_that_reads_itself_has_to_set_its_labels() -> None:
    """Nothing else would set them."""
    rules = group("- record: r\n  expr: r or vector(1)\n- record: q\n  expr: q + 1\n  labels: {a: b}\n")
    assert {each.mutant.equivalent for each in rule_mutants(rules, 15) if each.mutant.operator == "label"} == {""}
