"""promql/sides-never-match: without a pair there is no result."""

from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.sides_never_match import CHECK
from stackproof.model import Location
from stackproof.model.monitoring import DashboardQuery
from tests.unit.alerts.files import alert, exported, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        'x{env="a"} and y{env="b"}',
        'x{env="a"} / y{env=~"b|c"}',
        'sum by (job) (x{job="a"}) > sum(y)',
        'x{job="a"} * on (job) group_left () sum(y)',
        'x{env="a"} unless y{env="b"}',
        'x{env!=""} and sum(y)',
        'c{state="current"} / (c{state="current"} + c{state="available"}) > 0.8',
        'up{job="a"} == 0 and up{job="b"} == 0',
        '100 * sum by (a, code) (rate(r_total{code=~"5.."}[5m])) / sum by (a) (rate(r_total[5m])) > 10',
        '(x / ignoring (limit) l{limit="max"}) > 80 and l{limit="max"} > 0',
    ],
)
def test_sides_that_the_files_keep_apart_are_an_error(expr: str) -> None:
    """Both select values of one label that differ, or one side has lost it."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "error")]


@pytest.mark.parametrize(
    "expr",
    [
        # https://github.com/samber/awesome-prometheus-alerts/commit/94b9f3cfbb23450c3089f81a6f1eef6d34fdb7ca
        "sum by (datname) (pg_stat_activity_count) > pg_settings_max_connections * 0.8",
        "sum(x) / y > 0.5",
        "sum by (a) (x) / sum by (a, b) (y)",
        "x and sum by (job) (y) > 3",
        "rate(x_total[5m]) / sum without (instance) (rate(y_total[5m]))",
        "x > 5 and absent(y)",
        "x * on (pod) group_left () sum by (namespace) (y) > 3",
        "sum by (a) (x) / on (a, b) sum by (a, b) (y)",
        "x > 5 and on (pod) vector(1)",
        "x > 5 unless on (pod) sum(y) > 3",
        "x > 5 unless sum(y) > 3",
        "(count(x) / limit_of_x) * 100 > 80",
        "x > 5 and histogram_quantile(0.9, sum by (job, le) (rate(y_bucket[5m]))) > 1",
    ],
)
def test_sides_that_scraped_labels_keep_apart_are_a_warning(expr: str) -> None:
    """Scraped series have a job and an instance, unless somebody removed them."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


def test_the_reason_of_an_error_follows_from_the_files() -> None:
    """It names the label whose values are written there, not one that scraped series usually have."""
    (finding,) = CHECK.findings(Monitoring(alert('max(x{job="a"}) and y{job="b"}')))
    assert finding.severity.value == "error"
    assert "the right side has the label job, the left side has not" in finding.message


@pytest.mark.parametrize(
    ("expr", "is_found"),
    [
        ('sum by (job) (x{job="a"}) / sum(y)', True),
        ("sum(x) > $limit", False),
        ('x{job="$a"} / y{job="$b"}', False),
        ('x{job="$a"} / y{job="api"}', False),
        ('x{job=~"$a"} / y{job=~"api|web"}', False),
        ("sum by ($group) (x) / sum by (instance) (y)", False),
        ("sum by (instance) (x) / on ($group) sum by (instance, $group) (y)", False),
        ('{__name__=~"$metric"} / sum(y)', False),
    ],
)
def test_what_a_variable_decides_is_accepted(expr: str, is_found: bool) -> None:  # noqa: FBT001 - a parameter
    """A panel's reader chooses a metric, a label or a value. What does not hang on it is a warning."""
    panel = DashboardQuery("Sales", "Share", expr, Location(Path("d.json"), 7))
    assert found(CHECK, Monitoring(dashboards=(panel,))) == ([(7, "warning")] if is_found else [])


def test_the_line_is_that_of_the_operator() -> None:
    """And the message names the label."""
    groups = group("- alert: A\n  expr: |\n    sum by (a) (x)\n      >\n    y * 0.8\n")
    (finding,) = CHECK.findings(Monitoring(groups))
    assert finding.where.line == 7
    assert "the right side has the label instance" in finding.message


@pytest.mark.parametrize(
    "expr",
    [
        "sum by (job) (x) > sum by (job) (y)",
        "sum(x) > sum(y)",
        "sum(x) > scalar(y)",
        "x / on (instance) y",
        "x / on () group_left () sum(y)",
        "x * on (job) group_left (a) sum by (job, a) (y)",
        "a:b / x",
        "x / ignoring (mode) group_left () sum without (mode) (x)",
        "sum by (job) (x) and on () hour() > 9",
        'x{env="a"} and y{env=~"a|b"}',
        'x{env="a"} and on (job) y{env="b"}',
        'label_replace(x{a="b"}, "a", "c", "", "") and y{a="c"}',
        "x or vector(0)",
        "absent(x) and on () y",
        "x unless y",
        "up == 0 unless on (instance) maintenance",
        "x > on (job) group_left () sum by (job) (y)",
        "x > 5 and on () absent(y)",
        "x > on (pod) group_left () sum by (pod) (y)",
        "sum by (a) (x) or on (a) vector(0)",
        "x > 5 and on (job) absent(y{job='b'})",
        "x * on (pod) group_left (node) kube_pod_info",
        "sum(x) / on (a) sum(y)",
        "a:b * on (pod) c:d",
        "x > 5 and on (job) sum by (job) (y) > 3",
        'c{state="current"} / ignoring (state) (c{state="current"} + ignoring (state) c{state="available"}) > 0.8',
        'sum by (a) (rate(r_total{code=~"5.."}[5m])) / sum by (a) (rate(r_total[5m])) > 10',
        'sum without (code) (rate(r_total{code="500"}[5m])) / sum without (code) (rate(r_total[5m])) > 0.1',
        'kube_pod_info{node=""} and kube_pod_info{node=""}',
        "ALERTS and on (alertname) x",
        'x{le="+Inf"} - ignoring (le) x{le="0.5"}',
    ],
)
def test_sides_that_may_match_are_accepted(expr: str) -> None:
    """What the files do not show is not reported."""
    assert not finds(CHECK, Monitoring(alert(expr)))


METRICS = exported(
    """\
    # TYPE requests_total counter
    requests_total{code="200"} 5
    requests_total{code="500"} 1
    # TYPE capacity gauge
    capacity{pod="a"} 5
    # TYPE shards gauge
    shards{shard="1",namespace="a"} 5
    # TYPE some gauge
    some{code="200"} 5
    some 1
    # TYPE later_total counter
    """
)


@pytest.mark.parametrize(
    ("expr", "is_found"),
    [
        ("rate(requests_total[5m]) / capacity > 0.8", True),
        ("sum by (code) (rate(requests_total[5m])) / sum by (code) (capacity) > 0.8", True),
        ("capacity and shards > 3", True),
        ("sum by (instance) (rate(requests_total[5m])) / on (instance) capacity > 0.8", False),
        ("some / capacity > 0.8", False),
        ("rate(requests_total[5m]) / rate(later_total[5m]) > 0.8", False),
        ("rate(requests_total[5m]) / unknown > 0.8", False),
        ("rate(requests_total[5m]) / a:capacity > 0.8", False),
        ("capacity / on (instance) group_left () shards > 0.8", False),
        ("capacity / ignoring (shard) shards > 0.8", False),
    ],
)
def test_exporters_show_which_labels_their_series_have(expr: str, is_found: bool) -> None:  # noqa: FBT001 - a parameter
    """A warning: a target can have any label. Labels that targets usually have are not expected to differ."""
    monitoring = Monitoring(alert(expr), metrics=METRICS)
    assert found(CHECK, monitoring) == ([(4, "warning")] if is_found else [])


def test_a_limit_that_people_record_may_have_other_labels() -> None:
    """Its rule may be in another file."""
    assert not finds(CHECK, Monitoring(alert("sum by (instance) (x) > queue_threshold")))
