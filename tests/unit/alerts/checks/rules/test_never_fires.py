"""rules/never-fires: a condition that no value satisfies."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.never_fires import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        # A count is never 0: https://github.com/prometheus/prometheus/issues/4735
        'count(up{job="x"} == 1) < 1',
        "count(up == 1) == 0",
        "1 > count(up)",
        "count by (job) (up == 1) <= 0",
        "sum(up == 1) < 1",
        "sum(up == 1) == 0",
        "max(x > 5) < 5",
        "group(x) == 0",
        "count_over_time(x[5m]) < 1",
        # https://github.com/wikimedia/operations-alerts/commit/bb396f76e3afdc3d88d0c2f3e1b92f5659d1154e
        "sum(a == 0) / count(a == 0) >= 0.1",
        "count(up == 0) / count(up) > 1",
        "up > 1",
        "x > 5 and x < 3",
        "x > 90 and x <= 90",
        "abs(x) < 0",
        "hour() > 23",
        "day_of_week() == 7",
        "absent(x) == 0",
        "absent(sum(x) or vector(0))",
        "vector(0) > 1",
        "clamp_max(x, 10) > 20",
        "sgn(x) > 1",
    ],
)
def test_what_no_value_satisfies_is_an_error(expr: str) -> None:
    """It follows from PromQL alone."""
    ((line, severity),) = found(CHECK, Monitoring(alert(expr)))
    assert (line, severity) == (4, "error")


@pytest.mark.parametrize(
    "expr",
    [
        # Only the timestamp is divided: https://github.com/wikimedia/operations-alerts/commit/f1e94f3b3d39f7d36a1ea21192e27aa693a08c44
        "time() - (prometheus_tsdb_lowest_timestamp / 1000) / 86400 < 20",
        "time() - node_boot_timestamp_seconds / 60 < 10",
        # https://github.com/samber/awesome-prometheus-alerts/issues/319
        'sum(rate(r_total{code="5xx"}[1m])) / sum(rate(r_total[1m]) * 100) > 5',
        'sum by (b) (increase(r_total{code=~"5.."}[5m])) / sum by (b) (increase(r_total[5m])) > 1.5',
        "avg by (instance) (rate(node_cpu_seconds_total[5m])) > 1.2",
        "time() - timestamp(x) > 600",
        "rate(x_total[5m]) < 0",
    ],
)
def test_what_follows_from_names_is_a_warning(expr: str) -> None:
    """A counter only grows, and a name with timestamp is one."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


def test_the_reason_names_what_bounds_the_value() -> None:
    """And the fix adds the missing zero."""
    (finding,) = CHECK.findings(Monitoring(alert("count by (env) (up == 1) == 0")))
    assert finding.message == "A never fires: count gives at least 1, and at least 1 is never == 0"
    assert "(count(...) or vector(0)) == " in finding.fix


def test_a_dead_side_of_an_or_is_a_warning() -> None:
    """The other side still fires."""
    assert found(CHECK, Monitoring(alert("count(up) == 0 or up == 0"))) == [(4, "warning")]


def test_a_recording_rule_that_never_records_is_found() -> None:
    """Nothing that uses it ever has a result."""
    groups = group("- {record: 'a:b', expr: count(x) < 1}\n- {alert: A, expr: 'a:b > 0'}")
    assert [line for line, _ in found(CHECK, Monitoring(groups))] == [4]


@pytest.mark.parametrize(
    "expr",
    [
        "(count(up == 1) or vector(0)) < 1",
        "count(up == 1) < 3",
        "sum(up) < 1",
        "sum(x == 0) < 1",
        "count(up == 0) / count(up) > 0.5",
        "up < 1",
        "x > 5 and y < 3",
        "x > 5 and x offset 5m < 3",
        "x > 5 or x < 3",
        "x > 5 unless x > 3",
        "time() - x_timestamp_seconds > 86400",
        "(time() - prometheus_tsdb_lowest_timestamp / 1000) / 86400 < 20",
        "x_expiry_timestamp_seconds - time() < 86400",
        'sum(rate(r_total{code="5xx"}[1m])) / sum(rate(r_total[1m])) > 0.05',
        'sum(rate(r_total{code="5xx"}[1m])) / sum(rate(s_total[1m])) > 5',
        "hour() > 22",
        "x < 0",
        "delta(x[5m]) < 0",
        "absent(x)",
        "vector(1)",
        "sum by (instance) (rate(node_cpu_seconds_total[5m])) > 1.5",
        "time() - timestamp(x offset 1h) > 600",
        "count(x) > 1 and on () vector(1)",
    ],
)
def test_what_some_value_satisfies_is_accepted(expr: str) -> None:
    """Also where it is rare."""
    assert not finds(CHECK, Monitoring(alert(expr)))
