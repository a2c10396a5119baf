"""promql/sides-never-match: without a pair there is no result."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.sides_never_match import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        'x{env="a"} and y{env="b"}',
        'x{env="a"} / y{env=~"b|c"}',
        'sum by (job) (x{job="a"}) > sum(y)',
        'x{job="a"} * on (job) group_left () sum(y)',
        'x{env="a"} unless y{env="b"}',
        'x{env!=""} and sum(y)',
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
    ],
)
def test_sides_that_scraped_labels_keep_apart_are_a_warning(expr: str) -> None:
    """Scraped series have a job and an instance, unless somebody removed them."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


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
    ],
)
def test_sides_that_may_match_are_accepted(expr: str) -> None:
    """What the files do not show is not reported."""
    assert not finds(CHECK, Monitoring(alert(expr)))
