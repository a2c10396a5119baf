"""rules/always-fires: a condition that every value satisfies."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.always_fires import CHECK
from stackproof.alerts.finding import Confidence
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        # https://github.com/wikimedia/operations-alerts/commit/c911d19323cd21e75d3d00798a2dee2c3b2af91e
        'sum(up{job="web"}) or on() vector(-1) < 1',
        # https://github.com/samber/awesome-prometheus-alerts/commit/00dd58eacecf2efc75e3d3939313e84e371df8fe
        "count(x) or vector(0) < 1",
        "count(up == 1) or vector(0) < 1",
        "1 > sum(up) or vector(0)",
        "x > 5 or vector(0)",
        "x > 5 or on () vector(1)",
        "sum by (job) (x) or up < 1",
        "rate(a_total[5m]) or rate(b_total[5m]) > 5",
        "sum by (a) (x) or sum by (a) (y) or sum by (a) (z) > 5",
        "x > 5 or sum(y)",
        "sum(x) or vector(0)",
        # https://github.com/prometheus/prometheus/issues/16543
        '1 - clamp_max((sum(rate(processed_total{kind="a"}[5m])) * 300) or vector(0), 1)',
        "(sum(x) or vector(0)) >= bool 3",
        # https://github.com/prometheus/prometheus/issues/7536
        'queue_length{queue="orders"} > bool 100',
        "sum(x) > bool 3",
        "up == bool 0",
        "sum(up == bool 0)",
        "(x > bool 5) * (y > bool 3)",
        "absent(x) or vector(1)",
        "hour() >= 0",
        "up >= 0",
        "up <= 1",
        "up < 2",
        "count(x) >= 0",
        "count by (job) (x) > -1",
        "(count(up == 0) or vector(0)) >= 0",
        "changes(x[5m]) >= 0",
        "day_of_week() != 0 or day_of_week() != 6",
        "x < 10 or x > 5",
        "x <= 5 or 5 <= x",
        "scalar(sum(up)) < bool 3",
        "absent(count(x) == 0)",
        "absent(x > 5 and x < 3)",
        "histogram_quantile(95, sum by (le) (rate(x_bucket[5m]))) > 1",
        "quantile(99, x) > 5",
        "x != NaN",
    ],
)
def test_a_condition_without_effect_is_an_error(expr: str) -> None:
    """It follows from PromQL alone."""
    (finding,) = CHECK.findings(Monitoring(alert(expr)))
    assert (finding.where.line, finding.severity.value, finding.confidence) == (4, "error", Confidence.CERTAIN)


@pytest.mark.parametrize(
    "expr",
    [
        "x > bool 5 and y > bool 3",
        "x > 5 and y > bool 3",
        "x > 5 unless y > bool 3",
        "count(up == 1) < bool 3",
        "count(up == bool 0) > 3",
        "count by (job) (up == bool 0) / count by (job) (up) > 0.5",
    ],
)
def test_a_bool_that_removes_nothing_is_found_beside_other_conditions(expr: str) -> None:
    """Its value is 0 or 1, and `and` only asks whether there is one."""
    (finding,) = CHECK.findings(Monitoring(alert(expr)))
    assert (finding.severity.value, finding.confidence) == ("error", Confidence.CERTAIN)
    assert "a condition of A has no effect" in finding.message


@pytest.mark.parametrize(
    "expr",
    [
        # https://github.com/wikimedia/operations-alerts/commit/db920a4bbdd4519913d3b6b2f56c608c36c5dfac
        "max by (kafka_cluster) (kafka_server_underreplicatedpartitions) >= 0",
        "queue_length > -1",
        "0 <= queue_length",
        "max_over_time(queue_length[10m]) >= 0",
        "sum(increase(errors[5m])) >= 0",
        "(sum(increase(errors[5m])) or vector(0)) >= 0",
        "100 * failed_jobs / jobs >= 0",
        "abs(x) > -1",  # NaN is not
        "rate(errors_total[5m]) >= 0",
        "x > 5 and rate(y_total[5m]) >= 0",
        "rate(a_total[5m]) / rate(b_total[5m]) >= 0",
        'sum(rate(a_total{x="b"}[5m])) / sum(rate(a_total[5m])) <= 1',
        "time() - backup_timestamp_seconds / 3600 > 24",
        "time() - kube_job_status_start_time / 3600 > 12",
        "time() - max by (job) (backup_done) / 86400 > 7",
        "time() - done_ms / 1000 / 60 > 7",
        "time() / 3600 - last_run_timestamp < 24",
        "cert_expiry / 86400 - time() < 14",
        "cert_not_after - time() / 86400 > 14",
        'count(kube_node_status_condition{condition="Ready",status="false"}) > 0',
        "count(up) > 0",
        "count by (job) (sessions) >= 1",
        "sum(rate(errors_total[5m]))",
        "predict_linear(free_bytes[1h], 3600)",
        "sum(rate(a_total[5m])) - sum(rate(b_total[5m]))",
        "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))",
        "up",
        "probe_success",
        "queue_length",
        'node_systemd_unit_state{state="failed"}',
        'sum by (pod) (endpoint_state{state="invalid"})',
        "topk(5, sum by (a) (rate(x_total[5m])))",
        "up == 0 or probe_success",
        "queue_length or up < 1",
    ],
)
def test_what_follows_from_names_or_may_be_intended_is_a_warning(expr: str) -> None:
    """A count is not negative, and an alert without a comparison is rare."""
    (finding,) = CHECK.findings(Monitoring(alert(expr)))
    assert (finding.where.line, finding.severity.value, finding.confidence) == (4, "warning", Confidence.LIKELY)


@pytest.mark.parametrize(
    "expr",
    [
        'rate(r_total{code="500"}[5m]) / rate(r_total[5m]) > 0.05',
        '100 * rate(r_total{code=~"5.."}[5m]) / rate(r_total{job="a"}[5m]) > 5',
        'x{state="failed"} / x > 0.1',
        'up == 1 and rate(r_total{code="500"}[5m]) / rate(r_total[5m]) * 100 >= 1',
    ],
)
def test_a_series_that_is_divided_by_itself_is_found(expr: str) -> None:
    """Both sides are matched by all labels, so the quotient is 1, or NaN while nothing happens."""
    if "job" in expr:
        expr = expr.replace('code=~"5.."', 'code=~"5..", job="a"')
    (finding,) = CHECK.findings(Monitoring(alert(expr)))
    assert (finding.severity.value, finding.confidence) == ("error", Confidence.CERTAIN)
    assert "divided by itself" in finding.message
    assert "sum by" in finding.fix


@pytest.mark.parametrize(
    ("expr", "line"),
    [
        ("sum(up)\n  or\nvector(0) < 1", 7),
        ("queue_length\n  > bool\n100", 7),
        ("up == 0\n  and\ny\n  > bool 3", 9),
        ("sum(\n  rate(x_total[5m])\n)", 6),
        ("max by (a) (\n  queue_length\n)\n>= 0", 9),
    ],
)
def test_the_line_is_that_of_the_operator(expr: str, line: int) -> None:
    """Of the `or` that takes apart what belongs together, of the comparison, or of the call without one."""
    text = "- alert: A\n  expr: |\n" + "".join(f"    {each}\n" for each in expr.split("\n"))
    assert [at for at, _ in found(CHECK, Monitoring(group(text)))] == [line]


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("count(x) or vector(0) < 1", "applies to the right side of `or` only, so the left side has no condition"),
        ("1 > sum(up) or vector(0)", "applies to the left side of `or` only, so the right side has no condition"),
        ("up >= 0", "up is 0 to 1, which is always >= 0"),
        ("time() - x_time / 3600 > 5", "only x_time is divided by 3600; time() is a Unix time in seconds, far above 5"),
        ("count(up)", "every value fires"),
        ("sum(up)", "every value fires, 0 as well"),
        ('sum(watch_errors{namespace="x"})', "every value fires, 0 as well"),
        ("x < 10 or x > 5", "every number is < 10 or > 5"),
    ],
)
def test_the_message_says_why(expr: str, said: str) -> None:
    """So nobody has to work it out again."""
    (finding,) = CHECK.findings(Monitoring(alert(expr)))
    assert finding.message.endswith(said)


def test_a_recorded_condition_is_one() -> None:
    """The rule that records it shows whether it filters."""
    filtered = group("- {record: 'a:bad', expr: x > 5}\n- {alert: A, expr: 'a:bad'}")
    assert not finds(CHECK, Monitoring(filtered))


@pytest.mark.parametrize("name", ["Watchdog", "DeadMansSwitch", "PrometheusHeartbeat", "AlwaysFiring"])
def test_an_alert_that_is_meant_to_fire_always_is_accepted(name: str) -> None:
    """Somebody is notified when it does not arrive."""
    assert not finds(CHECK, Monitoring(group(f"- {{alert: {name}, expr: 'up{{job=\"prometheus\"}} >= 0'}}")))


@pytest.mark.parametrize("recorded", ["up == bool 0", "sum(rate(x_total[5m]))", "count(x) or vector(0)"])
def test_a_recorded_value_is_no_condition(recorded: str) -> None:
    """It is recorded while all is well, too."""
    groups = group(f"- {{record: 'a:b', expr: '{recorded}'}}\n- {{alert: A, expr: 'a:b'}}")
    assert found(CHECK, Monitoring(groups)) == [(5, "warning")]


@pytest.mark.parametrize("other", ["state_number == -1", "state_number != -1", "state_number < 0"])
def test_a_metric_that_another_rule_compares_with_a_negative_number_can_be_negative(other: str) -> None:
    """-1 often stands for unknown."""
    groups = group(f"- {{alert: A, expr: state_number >= 0}}\n- {{alert: B, expr: {other}}}")
    assert not finds(CHECK, Monitoring(groups))


@pytest.mark.parametrize(
    "expr",
    [
        "(sum(up) or vector(0)) < 1",
        "sum(up) < 1 or vector(1) > 2",
        "sum(up) < 1 or absent(up)",
        "x > 1 or y > 2",
        "x > 10 or x < 5",
        "hour() < 6 or hour() > 22",
        "(x > 5 and y > 3) or z > 1",
        "x > 5 or (y unless z)",
        "vector(1)",
        "1",
        "absent(up)",
        "absent(x) == bool 1",
        'ALERTS{severity="info"} == 1',
        "ALERTS",
        'count by (job) (ALERTS{alertstate="firing"}) > 0',
        "a:recorded:elsewhere",
        "kube_pod_info",
        'kube_pod_info{node="a"} or up < 1',
        'node_uname_info{release=~"4.*"}',
        'gateway_metadata{open="yes"}',
        'count by (name) (nodes{state="error"}) > 0',
        "count by (instance) (alarm_state_id) > 0",
        'group by (service) (max_over_time(violations{status="Critical"}[10m])) > 0',
        "count_over_time(replica_error_docs[2h]) > 0",
        'host_status{status="LOGIN_FAILED"}',
        'max by (host) (host_status{status="LOGIN_FAILED"})',
        "sum by (alertname) (ALERTS)",
        "sync_failures",
        "x unless y",
        "x and on (job) y",
        "x > 5 and on () count(y) > 0",
        "(x > bool 100) == 1",
        "x > bool 100 > 0",
        "sum(x > bool 100) > 3",
        "temperature_celsius >= 0",
        "ntp_offset_seconds >= 0",
        "delta(queue_length[10m]) >= 0",
        "deriv(queue_length[10m]) > -1",
        "queue_length - limit >= 0",
        "-queue_length >= 0",
        "-1 * queue_length >= 0",
        "(queue_length or vector(-1)) >= 0",
        "x >= 0 and y > 3",
        "count(x) > 1",
        "count(x > 5) > 0",
        "count(x > 5) >= 1",
        "sum(up == 1) > 0",
        "max(x > 90) > 80",
        "up == 0",
        "hour() >= 8",
        "1 - clamp_max(sum(rate(x_total[5m])), 1) > 0",
        "time() - x_timestamp_seconds > 3600",
        "(time() - x_timestamp_seconds) / 3600 > 24",
        "time() - x_timestamp_ms / 1000 > 3600",
        "age_days - time() / 86400 > 3",
        "absent(x) == 1",
        "x > 5 or ALERTS{alertname='B'}",
        "x != x",
        "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m]))) > 1",
        'sum(rate(r_total{code="500"}[5m])) / sum(rate(r_total[5m])) > 0.05',
        'rate(r_total{code="500"}[5m]) / ignoring (code) group_left () sum without (code) (rate(r_total[5m])) > 0.05',
        'rate(r_total{code="500"}[5m]) / rate(r_total{code="200"}[5m]) > 0.05',
        "rate(r_total[5m]) / rate(r_total[1h]) > 2",
        "rate(r_total[5m]) / rate(r_total[5m] offset 1d) > 2",
        "x / x offset 5m > 2",
        "free_bytes / size_bytes < 0.1",
        "x - x offset 5m >= 0",
    ],
)
def test_a_condition_with_an_effect_is_accepted(expr: str) -> None:
    """Also an alert that is meant to fire always, and one whose series exist only in trouble."""
    assert not finds(CHECK, Monitoring(alert(expr)))
