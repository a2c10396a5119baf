"""promql/raw-counter: a counter never goes down by itself."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.raw_counter import CHECK
from tests.unit.alerts.files import alert, exported, finds, found


@pytest.mark.parametrize(
    "expr",
    [
        "db_replica_errors_total > 0",
        "sum by (job) (db_replica_errors_total) >= 5",
        "max(kernel_oops_total) != 0",
        "http_request_duration_seconds_count > 1000",
        '5 < http_requests_failed_total{code="500"}',
        "topk(3, x_failures_total) > 1",
        "kube_pod_container_status_restarts_total > 3",
        "count(x_failures_total > 0) > 2",
        "a > 5 or x_failures_total > 0",
    ],
)
def test_a_counter_without_a_rate_is_found(expr: str) -> None:
    """Once it fires, it stays until the process restarts."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


def test_with_the_type_of_its_exporter_it_is_certain() -> None:
    """Also under a name that does not say it."""
    metrics = exported("# TYPE seen counter\nseen 1\n# TYPE workers_failed_total gauge\nworkers_failed_total 1\n")
    assert found(CHECK, Monitoring(alert("seen > 3"), metrics=metrics)) == [(4, "error")]
    assert not finds(CHECK, Monitoring(alert("workers_failed_total > 3"), metrics=metrics))


@pytest.mark.parametrize(
    "expr",
    [
        "increase(db_replica_errors_total[1h]) > 0",
        "rate(db_replica_errors_total[5m]) > 0",
        "db_replica_errors_total - db_replica_errors_total offset 1h > 0",
        "db_replica_errors_total == 0",
        "x_total < 1",
        "x_errors_total > 0 and changes(x_errors_total[1h]) > 0",
        "x_errors_total unless x_errors_total offset 10m",
        "cluster_nodes_total > 3",
        "kafka_brokers_total != 3",
        "a_failed_total / a_all_total > 0.1",
        "job:errors:total > 3",
        "queue_length > 3",
        "pg_stat_activity_count > 100",
        "node_memory_bytes_total > 5",
        "resets(x_total[1h]) > 0",
        "max_over_time(x_total[1h]) > 3",
        "errors_now / (requests_handled_total > 0) > 0.1",
        "argocd_repo_pending_request_total > 50",
        "django_migrations_unapplied_total > 0",
        "minio_cluster_drive_offline_total > 0",
        "ip_availabilities_total != 0",
    ],
)
def test_what_can_go_down_again_is_accepted(expr: str) -> None:
    """Growth, gauges that are called a total, and counters that another condition ends."""
    assert not finds(CHECK, Monitoring(alert(expr)))
