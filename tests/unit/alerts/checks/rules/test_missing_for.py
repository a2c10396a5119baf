"""rules/missing-for: one unusual sample pages nobody."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.missing_for import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        "up == 0",
        "probe_success == 0",
        "mysql_up == 0",
        "absent(x)",
        "rate(errors_total[1m]) > 0.5",
        "sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05",
        "memory_percent > 90",
        "job:errors:ratio_rate5m > 0.05",
        "free / size < 0.1",
        "container_usage_bytes / container_limit_bytes > 0.9",
        "sum by (job) (up) / count by (job) (up) < 0.5",
        "count(up == 0) > 2",
        "absent(x) or absent(y)",
    ],
)
def test_a_fluctuating_value_needs_a_for(expr: str) -> None:
    """A late scrape, a burst, a level that is crossed once."""
    assert found(CHECK, Monitoring(groups=alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    ("expr", "more"),
    [
        ("up == 0", "for: 5m"),
        ("up == 0", "for: 0m"),
        ("up == 0", "keep_firing_for: 10m"),
        ("kubelet_certificate_manager_client_ttl_seconds < 604800", ""),
        ("x509_cert_expiry_days < 14", ""),
        ("certificate_expiration_timestamp_seconds - time() < 86400 * 7", ""),
        ("snapshot_age_days > 7", ""),
        ("seconds_since_last_status > 1800", ""),
        ("x_restarts_total > 3", ""),
        ("sum by (instance) (trafficserver_restart_count) >= 2", ""),
        ("rate(wal_truncations_failed_total[5m]) > 0", ""),
        ("sum by (job) (rate(unseal_errors_total[5m])) > 0", ""),
        ('count(ALERTS{alertstate="firing"}) > 5', ""),
        ('sum(ALERTS{alertstate="firing"}) > 5', ""),
        ("kube_deployment_spec_replicas > 10", ""),
        ("count by (host) (share_servers) >= 250", ""),
        ("count(up) < 3", ""),
        ("vector(1) and on () (hour() < 7 or hour() >= 19)", ""),
        ("deriv(app_last_tick_timestamp_seconds[5m]) == 0", ""),
        ('label_replace(count by (host) (share_servers), "a", "$1", "host", "(.*)") >= 250', ""),
        ('node_network_speed_bytes * on (device) group_left () node_network_up{operstate="up"} == 0', ""),
        ('runners_up{access="open"} > 0', ""),
        ("node_mtu_bytes * (node_network_up > 0) != on (cluster) group_left () mtu_of_most", ""),
        ("sys_uptime < 600 and sys_uptime offset 10m > 600", ""),
        ("abs(sum(articles) - sum(articles offset 1d)) / sum(articles) > 0.1", ""),
        ("node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05", ""),
        ("x > 5 unless on () absent(y)", "for: 1m"),
        ("vector(1) and on () absent(y)", ""),
        ("increase(errors_total[1h]) > 5", ""),
        ("predict_linear(free[6h], 3600) < 0", ""),
        ("absent_over_time(x[10m])", ""),
        ("rate(errors_total[1h]) > 0.01", ""),
        ("slo:ratio:rate5m > 0.01 and slo:ratio:rate1h > 0.01", ""),
        ("max(slo:sli_error:ratio_rate30m > 0.02) without (window)", ""),
        ("(rate(a_total[5m]) > 0.1) and (rate(a_total[1h]) > 0.1)", ""),
        ("avg_over_time(up[10m]) < 0.5", ""),
        ("max_over_time(memory_percent[10m]) > 90", ""),
        ("time() - last_success_timestamp_seconds > 86400", ""),
        ("raid_failed_disks > 0", ""),
        ("state == 1", ""),
        ("vector(1)", ""),
        ("changes(process_start_time_seconds[15m]) > 2", ""),
    ],
)
def test_a_longer_range_or_an_explicit_zero_is_accepted(expr: str, more: str) -> None:
    """A longer range, an age or a state needs no further time; ``for: 0m`` is intended."""
    assert not finds(CHECK, Monitoring(groups=alert(expr, more)))


def test_a_recorded_value_of_a_longer_range_is_accepted() -> None:
    """Its name need not say it."""
    groups = group(
        "- {record: 'job:errors:ratio', expr: 'rate(e_total[1h])'}\n- {alert: A, expr: 'job:errors:ratio > 9'}"
    )
    assert not finds(CHECK, Monitoring(groups=groups))
