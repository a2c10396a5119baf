"""promql/mixed-units: seconds and milliseconds do not add up."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.mixed_units import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        "time() - kafka_last_commit_timestamp_ms > 600",
        "request_timeout_seconds < request_latency_milliseconds",
        "sum(a_size_bytes) + sum(b_size_kilobytes) > 5",
        "used_ratio > limit_percent",
        "heap_bytes > gc_pause_seconds",
        "request_timeout_seconds * 1000 < request_latency_seconds",
        "used_ratio * 100 > limit_ratio",
    ],
)
def test_values_of_different_units_are_found(expr: str) -> None:
    """The result is wrong by the factor between them."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


def test_the_unit_of_a_recorded_series_is_that_of_its_rule() -> None:
    """Its name does not say it."""
    groups = group(
        "- {record: 'job:age:ms', expr: x_age_milliseconds}\n- {alert: A, expr: 'job:age:ms > y_age_seconds'}"
    )
    assert found(CHECK, Monitoring(groups)) == [(5, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "time() - kafka_last_commit_timestamp_ms / 1000 > 600",
        "time() * 1000 - kafka_last_commit_timestamp_ms > 600000",
        "time() - process_start_time_seconds < 600",
        "request_timeout_seconds * 1000 < request_latency_milliseconds",
        "used_ratio * 100 > limit_percent",
        "heap_bytes > heap_limit_bytes",
        "rate(errors_total[5m]) > rate(requests_total[5m]) * 0.1",
        "a_seconds + unknown > 3",
        "min_over_time(node_memory_MemFree_bytes[1w]) > node_memory_MemTotal_bytes * .8",
        "time() - max(group_last_evaluation_timestamp_seconds) > 10 * max(group_interval_seconds)",
        "expiry_timestamp_seconds - time() < (expiry_timestamp_seconds - renewal_timestamp_seconds) * 0.7",
        "backup_duration_seconds > 1.2 * 1.2 * avg_over_time(backup_duration_seconds[5m])",
        "rate(cpu_seconds_total[5m]) > 0.5 * cores",
    ],
)
def test_values_of_one_unit_or_of_none_are_accepted(expr: str) -> None:
    """Also after a conversion."""
    assert not finds(CHECK, Monitoring(alert(expr)))
