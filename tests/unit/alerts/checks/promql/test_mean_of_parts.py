"""promql/mean-of-parts: a mean over CPU modes is not the use of a CPU."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.mean_of_parts import CHECK
from tests.unit.alerts.files import alert, finds, found


@pytest.mark.parametrize(
    "expr",
    [
        'avg by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[2m])) > .80',
        "avg(irate(node_cpu_seconds_total[5m])) > 0.9",
        'avg without (cpu, mode) (rate(node_cpu_seconds_total{mode=~"user|system"}[5m])) > 0.5',
        '100 * avg by (job) (rate(windows_cpu_time_total{mode!="idle"}[5m])) > 80',
        'avg by (host) (rate(libvirt_cpu_seconds_total{mode!="idle"}[5m])) > 0.8',
    ],
)
def test_a_mean_over_modes_is_found(expr: str) -> None:
    """It never reaches the limit of a busy core."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[2m])) > .80',
        '100 - avg by (instance) (irate(node_cpu_seconds_total{mode=~"idle"}[5m])) * 100 > 80',
        "avg by (instance, mode) (rate(node_cpu_seconds_total[2m])) > .80",
        "avg without (cpu) (rate(node_cpu_seconds_total[2m])) > .80",
        'avg by (instance) (sum by (instance, cpu) (rate(node_cpu_seconds_total{mode!="idle"}[2m]))) > .80',
        'sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[2m])) > 3',
        "avg(rate(process_cpu_seconds_total[5m])) > 0.8",
        "avg(rate(container_cpu_usage_seconds_total[5m])) > 0.8",
        "avg(rate(http_requests_total[5m])) > 3",
        "avg(node_load1) > 3",
    ],
)
def test_a_mean_over_cores_is_accepted(expr: str) -> None:
    """Where one mode is selected, kept, or the modes are added first."""
    assert not finds(CHECK, Monitoring(alert(expr)))
