"""What promtool once refuted: each of these expressions had a wrong bound, a wrong label or a wrong presence."""

import math

import pytest

from stackproof.alerts.meaning.facts import Facts, Presence
from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.meaning.series import Assumptions
from stackproof.alerts.promql.syntax_tree import parsed
from stackproof.model.monitoring import MetricType, Rule, RuleKind

_TYPES = {"requests_total": MetricType.COUNTER}
_RECORD = Rule(RuleKind.RECORD, "job:up:count", "count by (job) (up)", "recorded")


def _facts(expr: str, *, customs: bool = False) -> Facts:
    tree = parsed(expr)
    assert tree is not None
    return Interpreter(Assumptions(customs=customs, types=_TYPES), {_RECORD.name: (_RECORD,)}).meaning(tree).facts


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        ("rate(node_cpu_seconds_total[5m])", 1.0000000000000002),
        ("quantile_over_time(0.5, (quantile_over_time(2, up[5m]))[5m:1m])", math.nan),
        ("10 ^ 300", 1.0000000000000006e300),
        ("log10(vector(1000))", 2.9999999999999996),
        ("log2(vector(8))", 3.0000000000000004),
        ("ln(vector(20))", 2.9957322735539904),
        ("exp(vector(1))", 2.7182818284590455),
        ("5e-324 ^ 0.95", 1.2344370132479415e-308),
        ("((0 * 1) / -1) ^ -3", -math.inf),
        ("stdvar(x)", -math.inf),
        ("stdvar_over_time(x[5m])", -math.inf),
        ("histogram_stdvar(x)", -math.inf),
        ("rate((vector(Inf))[5m:1m])", math.nan),
        ("rate((1 / requests_total)[5m:1m])", math.nan),
        ("rate((5 % rate(requests_total[5m]))[1h:5m])", -1.0),
    ],
)
def test_bounds_hold_what_prometheus_computes(expr: str, value: float) -> None:
    """Rounding, overflow, NaN inside of a range, and infinite values that are no counters."""
    bounds = _facts(expr, customs=True).bounds
    assert bounds is not None
    assert bounds.holds(value)


@pytest.mark.parametrize(
    "expr", ["clamp(up, 5, 1)", "topk(0, up)", "bottomk(0.5, up)", "limitk(0, up)", "count(clamp(up, 1, 0))"]
)
def test_an_expression_that_takes_nothing_never_has_a_result(expr: str) -> None:
    """Limits the wrong way round leave no value, and the 0 largest series are none."""
    assert _facts(expr).never


@pytest.mark.parametrize(
    "expr", ["clamp(up, 1, 1)", "clamp(up, NaN, 1)", "topk(1, up)", "topk(1.5, up)", "bottomk(3, up)"]
)
def test_an_expression_that_takes_something_has_a_result(expr: str) -> None:
    """Equal limits, and the largest series, leave something."""
    assert _facts(expr).presence is Presence.GIVEN


@pytest.mark.parametrize(
    "expr",
    ["topk(scalar(up), up)", "clamp(up, scalar(a), scalar(b))", "histogram_quantile(0.9, vector(5))"],
)
def test_a_result_that_a_number_or_a_label_decides_is_not_given(expr: str) -> None:
    """Nobody knows how many series, which limit, or whether there are buckets."""
    assert _facts(expr).presence is Presence.DEPENDS


def test_a_quantile_of_buckets_is_given() -> None:
    """An alert on it without a limit fires as long as there are buckets."""
    facts = _facts("histogram_quantile(0.9, sum by (le) (rate(request_seconds_bucket[5m])))")
    assert facts.presence is Presence.GIVEN


@pytest.mark.parametrize(
    ("expr", "known"),
    [
        ('absent(up{job="a"})', {"job": {"a"}}),
        ('absent(up{job!="", job="a"})', {"job": {"", "a"}}),
        ('absent(up{job="a", job="b"})', {"job": {"", "a", "b"}}),
        ('absent(up{job=~"a", env="test"})', {"env": {"test"}}),
    ],
)
def test_absent_keeps_what_only_one_matcher_names(expr: str, known: dict[str, set[str]]) -> None:
    """Whether it keeps a label that two name depends on the order in which the storage leaves them."""
    labels = _facts(expr).labels
    assert {name: set(values) for name, values in labels.values.items()} == known
    assert labels.only == frozenset(known)


def test_count_values_has_no_label_that_without_removes() -> None:
    """It is removed after it was set."""
    labels = _facts('count_values without (value) ("value", up)').labels
    assert "value" not in labels.sure
    assert labels.can_have("value")
    assert "value" in _facts('count_values("value", up)').labels.sure


def test_a_default_has_no_label_to_group_by() -> None:
    """People group by labels that series have, but a `vector(0)` beside them has none."""
    assert "job" in _facts("sum by (job) (up)", customs=True).labels.sure
    assert "job" not in _facts("sum by (job) (up or vector(0))", customs=True).labels.sure


def test_a_recorded_series_has_a_name() -> None:
    """`count by (__name__)` tells recorded series apart."""
    assert _facts("job:up:count").labels.can_have("__name__")
    assert _facts("count by (__name__) (job:up:count)").labels.only == frozenset({"__name__"})
