"""rules/threshold-unit: a limit in another unit than the value."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.threshold_unit import CHECK
from tests.unit.alerts.files import alert, finds, found

READ = "rate(node_disk_read_time_seconds_total[1m]) / rate(node_disk_reads_completed_total[1m])"


@pytest.mark.parametrize(
    "expr",
    [
        # A percentage with a ratio's limit: https://github.com/iits-consulting/otc-prometheus-exporter/pull/97
        "rds_cpu_util_percent > 0.8",
        "0.9 < max by (host) (memory_used_percentage)",
        "avg_over_time(disk_used_percent[10m]) >= 0.95",
        "battery_level_percent < 0.2",
        # A ratio with a percentage's limit.
        "cache_hit_ratio < 90",
        'avg by (instance) (rate(reactor_seconds_total{mode="busy"}[1m])) > 80',
        "sum(rate(http_errors_total[5m])) / sum(rate(http_requests_total[5m])) > 5",
        "node_memory_used_bytes / node_memory_total_bytes > 80",
        "1 - node_filesystem_avail_bytes / node_filesystem_size_bytes > 85",
        "probe_duration_seconds > 2500",
        # A Unix time with an age.
        "backup_last_success_timestamp_seconds > 3600",
        # Seconds with milliseconds, and the other way round.
        f"{READ} > 100",
        "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 500",
        "rpc_latency_milliseconds > 0.5",
        # Bytes with a percentage or with gigabytes.
        "node_memory_MemAvailable_bytes < 10",
    ],
)
def test_a_limit_in_another_unit_is_found(expr: str) -> None:
    """It is never reached, or always exceeded."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


def test_milliseconds_in_the_text_show_what_the_limit_means() -> None:
    """The author writes ms beside the value: https://github.com/samber/awesome-prometheus-alerts/commit/4266b4d."""
    expr = "rate(tasks_seconds_sum[5m]) / rate(tasks_seconds_count[5m]) > 20"
    assert found(CHECK, Monitoring(alert(expr, 'annotations: {summary: "takes {{ $value }} ms"}'))) == [(4, "warning")]
    assert not finds(CHECK, Monitoring(alert(expr, 'annotations: {summary: "takes {{ $value }} s"}')))


@pytest.mark.parametrize(
    "expr",
    [
        "rds_cpu_util_percent > 80",
        "request_errors_percent > 0.5",  # half a percent of errors is a usual limit
        "disk_used_percent > 0",
        "battery_level_percent < 20",
        "100 * sum(rate(http_errors_total[5m])) / sum(rate(http_requests_total[5m])) > 0.5",
        "job:errors:percent > 0.5",
        "cache_hit_ratio < 0.9",
        "zfs_compression_ratio < 2",
        "sum(rate(retries_total[5m])) / sum(rate(timeouts_total[5m])) > 5",
        "rate(rows_total[5m]) / rate(queries_total[5m]) > 1000",  # rows per query are no share
        "node_memory_used_bytes / node_memory_total_bytes > 0.8",
        "node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 10",
        "time() - backup_last_success_timestamp_seconds > 3600",
        "backup_last_success_timestamp_seconds == 0",
        "certificate_expiry_timestamp_seconds - time() < 86400 * 7",
        f"{READ} > 0.1",
        "backup_duration_seconds > 3600",
        "job_queue_wait_seconds > 600",
        "node_load1 > 100",
        "http_request_duration_milliseconds > 500",
        "node_memory_MemAvailable_bytes < 1024 * 1024 * 500",
        "http_request_size_bytes > 100",
        "rate(node_network_receive_bytes_total[5m]) < 10",
        "up == 0",
        "time() - probe_http_last_modified_timestamp_seconds > 86400",
        'query_duration_seconds{quantile="0.99"} > 300',
        "rate(node_disk_io_time_weighted_seconds_total[5m]) > 10",
        "sum(rate(engine_query_duration_seconds_sum[5m])) > 8",
        "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 90",
        "process_start_time_seconds > 0.5",
    ],
)
def test_a_limit_that_can_be_right_is_accepted(expr: str) -> None:
    """Only what names and limit say together is reported."""
    assert not finds(CHECK, Monitoring(alert(expr)))
