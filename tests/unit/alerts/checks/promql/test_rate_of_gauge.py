"""promql/rate-of-gauge: a value that goes up and down has no rate."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.rate_of_gauge import CHECK
from tests.unit.alerts.files import alert, exported, finds, found

METRICS = exported(
    """\
    # TYPE queue_depth gauge
    queue_depth 1
    # TYPE odd_usage_bytes counter
    odd_usage_bytes 1
    # TYPE last_backup_timestamp_seconds gauge
    last_backup_timestamp_seconds 1
    # TYPE process_start_time_seconds gauge
    process_start_time_seconds 1
    # TYPE disk_reads gauge
    disk_reads 1
    # TYPE mixed gauge
    mixed 1
    # TYPE old_requests_total gauge
    old_requests_total 1
    """
)


@pytest.mark.parametrize("function", ["rate", "irate", "increase"])
def test_a_gauge_by_its_exporter_is_found(function: str) -> None:
    """Each drop would count as a restart."""
    groups = alert(f"{function}(queue_depth[5m]) > 1")
    assert found(CHECK, Monitoring(groups=groups, metrics=METRICS)) == [(4, "error")]


def test_a_name_alone_is_only_a_warning() -> None:
    """Without the exporter's types a name is strong evidence, but no reason to fail."""
    assert found(CHECK, Monitoring(groups=alert("rate(node_memory_MemFree_bytes[5m]) > 1"))) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "rate(odd_usage_bytes[5m]) > 1",
        "rate(old_requests_total[5m]) > 1",
        "rate(http_requests_total[5m]) > 1",
        "rate(something[5m]) > 1",
        "rate(last_backup_timestamp_seconds[1d]) == 0",
        "increase(other_timestamp_seconds[1d]) == 0",
        "rate(process_start_time_seconds[1h]) > 0",
        "increase(x_created[1h]) > 0",
        "rate(disk_reads[5m]) > 1",
        "deriv(queue_depth[5m]) > 1",
        "rate(sum(queue_depth)[5m:]) > 1",
    ],
)
def test_counters_and_unknown_metrics_are_accepted(expr: str) -> None:
    """The exporter's type counts more than the name, except for a name that ends like a counter's."""
    assert not finds(CHECK, Monitoring(groups=alert(expr), metrics=METRICS))


def test_what_two_exporters_declare_differently_is_accepted() -> None:
    """It is unknown which of them is meant."""
    other = exported("# TYPE mixed counter\nmixed 1\n")
    assert finds(CHECK, Monitoring(groups=alert("rate(mixed[5m]) > 1"), metrics=METRICS))
    assert not finds(CHECK, Monitoring(groups=alert("rate(mixed[5m]) > 1"), metrics=METRICS + other))
