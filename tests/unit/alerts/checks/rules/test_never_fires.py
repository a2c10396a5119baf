"""rules/never-fires: a condition that no value satisfies."""

from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.never_fires import CHECK
from stackproof.alerts.finding import Confidence
from stackproof.model import Location
from stackproof.model.monitoring import DashboardQuery
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
        "sum by (job) (reload_successful == 0) > 0",
        "100 * sum(x == 0) / count(x) > 5",
        "avg(up == 0) > 0.5",
        "(up == 0) * 100 > 1",
        "min(x > 5) < 5",
        "hour() >= 22 and hour() < 6",
        "x == 1 and x == 2",
        "(x > 5) < 3",
        "x == 0 unless x < 5",
        "x > 5 unless x > 3",
        "x > 5 unless x",
        "timestamp(x > 5) < time() - 36000",
        "time() - timestamp(sum(x)) > 60",
        "x > 5 and count(y) == 0",
        "changes(x[5m]) < 0",
        "stddev(x) < 0",
        "absent(x) > 1",
        "x == NaN",
        "x > 5 < NaN",
        "quantile(95, x) < 5",
        "sum(up == 1) / sum(up) > 1",
        "sum(ALERTS{severity='a'}) / sum(ALERTS) * 100 > 150",
        'rate(r_total{code="500"}[5m]) / rate(r_total[5m]) > 1',
    ],
)
def test_what_no_value_satisfies_is_an_error(expr: str) -> None:
    """It follows from PromQL alone."""
    (finding,) = CHECK.findings(Monitoring(alert(expr)))
    assert (finding.where.line, finding.severity.value, finding.confidence) == (4, "error", Confidence.CERTAIN)


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
        "time() - kube_job_status_start_time / 3600 < 1",
        "time() - max by (job) (backup_done) / 86400 < 7",
        "cert_expiry - time() / 86400 < 14",
        "cert_expiry - time() / 86400 < 14 and cert_valid == 1",
        "min(cert_expiry - time() / 86400) < 14",
        "time() / 3600 - last_run_timestamp > 24",
        "(up == 0) * on (instance) group_left (a) node_info > 0",
    ],
)
def test_what_follows_from_names_is_a_warning(expr: str) -> None:
    """A counter only grows, and a name with timestamp is one."""
    (finding,) = CHECK.findings(Monitoring(alert(expr)))
    assert (finding.where.line, finding.severity.value, finding.confidence) == (4, "warning", Confidence.LIKELY)


def test_the_fix_of_a_count_adds_the_missing_zero() -> None:
    """Without series there is none."""
    (finding,) = CHECK.findings(Monitoring(alert("count by (env) (up == 1) == 0")))
    assert finding.message == "A never fires: count gives at least 1, which is never == 0"
    assert "(count(...) or vector(0)) == " in finding.fix


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        (
            "sum(a == 0) / count(a == 0) >= 0.1",
            "a sum of series that were filtered to 0 is always 0, so the value is 0",
        ),
        ("sum(x > 5) < 3", "sum of series that were filtered to above 5 gives above 5, which is never < 3"),
        (
            "time() - lowest_timestamp / 1000 / 86400 < 20",
            "only lowest_timestamp is divided by 86400; time() is a Unix",
        ),
        (
            "x_expiry - time() / 86400 < 9",
            "only time() is divided by 86400; x_expiry is a Unix time in seconds, far above 9",
        ),
        ("time() - timestamp(x) > 600", "no sample is older than the look-back"),
        ("timestamp(x > 5) < time() - 60", "timestamp() of a calculated value is the time of the evaluation"),
        (
            'sum(rate(r_total{code="5"}[1m])) / sum(rate(r_total[1m]) * 100) > 5',
            "a part of r_total divided by all of it is 0 to 0.01, which is never > 5",
        ),
        ("x > 5 and x < 3", "no value is in both ranges: above 5; below 3"),
        ("x > 5 unless x", "the right side of this unless has every series of the left side"),
        ("3 > count(x) * 4", "the value is at least 4, which is never < 3"),
    ],
)
def test_the_reason_names_what_bounds_the_value(expr: str, said: str) -> None:
    """In the words of PromQL, with the deepest cause."""
    (finding,) = CHECK.findings(Monitoring(alert(expr)))
    assert said in finding.message


def test_the_fix_of_a_time_shows_where_the_parentheses_belong() -> None:
    """With the division that makes seconds of milliseconds where it is."""
    (finding,) = CHECK.findings(Monitoring(alert("time() - lowest_timestamp / 1000 / 86400 < 20")))
    assert finding.fix.endswith("(time() - x / 1000) / 86400")


def test_the_line_is_that_of_the_comparison() -> None:
    """Of the one that is never true."""
    groups = group("- alert: A\n  expr: |\n    x > 5\n    and\n    count(y)\n      ==\n    0\n")
    assert found(CHECK, Monitoring(groups)) == [(9, "error")]


def test_a_dead_side_of_an_or_is_a_warning() -> None:
    """The other side still fires."""
    assert found(CHECK, Monitoring(alert("count(up) == 0 or up == 0"))) == [(4, "warning")]


def test_a_recording_rule_that_never_records_is_found() -> None:
    """Nothing that uses it ever has a result."""
    groups = group("- {record: 'a:b', expr: count(x) < 1}\n- {alert: A, expr: 'a:b > 0'}")
    assert found(CHECK, Monitoring(groups)) == [(4, "warning")]


def test_a_panel_that_is_always_blank_is_found() -> None:
    """A warning: nobody waits for a panel to fire."""
    panel = DashboardQuery("Targets", "Down", "sum(up == 0) > 3", Location(Path("d.json"), 7))
    assert found(CHECK, Monitoring(dashboards=(panel,))) == [(7, "warning")]


def test_what_another_check_reports_is_not_reported_twice() -> None:
    """Sides that never match, and label values that nothing records."""
    assert not finds(CHECK, Monitoring(alert('x{env="a"} == 1 and x{env="b"} == 1')))
    assert not finds(CHECK, Monitoring(alert('x{env="a", env="b"} > 1')))


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
        "x > 3 unless x > 5",
        "sum(up > bool 0) / sum(up) > 1",
        "sum(x{a='b'}) / sum(x) > 1",
        "quantile(0.95, x) < 5",
        "x != x",
        'avg(up{a="b"}) / avg(up) > 1',
        "x > 5 unless x offset 5m",
        'x > 5 unless x{env="test"}',
        "x > 5 unless (x and y)",
        "x > 5 unless x > y",
        "sum(x) unless sum(x) > 5",
        "hour() >= 22 or hour() < 6",
        "hour() >= 6 and minute() < 3",
        "x == 1 and on (instance) x == 2",
        "x > 5 or count(y) == 3",
        "sum(x == bool 0) > 0",
        "count(x == 0) > 3",
        "(x > 5) - 5 < 3",
        "time() - timestamp(x) > 60",
        "timestamp(x) < time() - 60",
        "time() - x_ms / 1000 > 600",
        "(cert_expiry - time()) / 86400 < 14",
        "cert_expiry - time() < 86400 * 14",
        "age_days - time() / 86400 < 3",
        "x - time() / 60 < 3",
        "time() - x / 60 > 1.6e9",
        "x > 3 unless (cert_expiry - time() / 86400 < 14)",
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
