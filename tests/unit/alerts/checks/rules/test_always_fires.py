"""rules/always-fires: a condition that every value satisfies."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.always_fires import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        # https://github.com/wikimedia/operations-alerts/commit/c911d19323cd21e75d3d00798a2dee2c3b2af91e
        'sum(up{job="web"}) or on() vector(-1) < 1',
        # https://github.com/samber/awesome-prometheus-alerts/commit/00dd58eacecf2efc75e3d3939313e84e371df8fe
        "count(x) or vector(0) < 1",
        "sum by (job) (x) or up < 1",
        # https://github.com/prometheus/prometheus/issues/16543
        '1 - clamp_max((sum(rate(processed_total{kind="a"}[5m])) * 300) or vector(0), 1)',
        # https://github.com/prometheus/prometheus/issues/7536
        'queue_length{queue="orders"} > bool 100',
        "sum(x) > bool 3",
        "count(x) >= 1",
        "count by (job) (x) > 0",
        "absent(x) or vector(1)",
        "hour() >= 0",
        "up >= 0",
    ],
)
def test_a_condition_without_effect_is_an_error(expr: str) -> None:
    """It follows from PromQL alone."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "error")]


@pytest.mark.parametrize(
    "expr",
    [
        # https://github.com/wikimedia/operations-alerts/commit/db920a4bbdd4519913d3b6b2f56c608c36c5dfac
        "max by (kafka_cluster) (kafka_server_underreplicatedpartitions) >= 0",
        "queue_length > -1",
        "abs(x) > -1",  # NaN is not
        "rate(errors_total[5m]) >= 0",
        "time() - backup_timestamp_seconds / 3600 > 24",
        "sum(rate(errors_total[5m]))",
        "up",
    ],
)
def test_what_follows_from_names_or_may_be_intended_is_a_warning(expr: str) -> None:
    """A count is not negative, and an alert without a comparison is rare."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


def test_the_line_is_that_of_the_operator() -> None:
    """Of the `or` that takes apart what belongs together."""
    groups = group("- alert: A\n  expr: |\n    sum(up)\n      or\n    vector(0) < 1\n")
    assert found(CHECK, Monitoring(groups)) == [(7, "error")]


def test_a_recorded_condition_is_one() -> None:
    """The rule that records it shows whether it filters."""
    filtered = group("- {record: 'a:bad', expr: x > 5}\n- {alert: A, expr: 'a:bad'}")
    assert not finds(CHECK, Monitoring(filtered))


def test_a_metric_that_another_rule_compares_with_a_negative_number_can_be_negative() -> None:
    """-1 often stands for unknown."""
    groups = group("- {alert: A, expr: state_number >= 0}\n- {alert: B, expr: state_number == -1}")
    assert not finds(CHECK, Monitoring(groups))


@pytest.mark.parametrize(
    "expr",
    [
        "(sum(up) or vector(0)) < 1",
        "sum(up) < 1 or vector(1) > 2",
        "sum(up) < 1 or absent(up)",
        "x > 1 or y > 2",
        "vector(1)",
        "1",
        "absent(up)",
        'ALERTS{severity="info"} == 1',
        "ALERTS",
        "a:recorded:elsewhere",
        "kube_pod_info",
        "x unless y",
        "x and on (job) y",
        "(x > bool 100) == 1",
        "x > bool 100 > 0",
        "temperature_celsius >= 0",
        "ntp_offset_seconds >= 0",
        "x >= 0 and y > 3",
        "count(x) > 1",
        "count(x > 5) >= 1",
        "up == 0",
        "hour() >= 8",
        "1 - clamp_max(sum(rate(x_total[5m])), 1) > 0",
        "time() - x_timestamp_seconds > 3600",
        "absent(x) == 1",
    ],
)
def test_a_condition_with_an_effect_is_accepted(expr: str) -> None:
    """Also an alert that is meant to fire always, and one whose series exist only in trouble."""
    assert not finds(CHECK, Monitoring(alert(expr)))
