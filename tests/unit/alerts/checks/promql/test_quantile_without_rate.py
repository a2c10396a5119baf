"""promql/quantile-without-rate: a quantile since the start is not one of the last minutes."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.quantile_without_rate import CHECK
from stackproof.model import Location
from stackproof.model.monitoring import NOWHERE, DashboardQuery
from tests.unit.alerts.files import alert, finds, found


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, sum by (le) (http_seconds_bucket)) > 1",
        'histogram_quantile(0.95, http_seconds_bucket{job="a"}) > 1',
        "histogram_quantile(0.95, sum by (le) (rate(http_seconds_sum[5m]))) > 1",
        "histogram_quantile(0.95, rate(http_requests_total[5m])) > 1",
        "max_over_time((histogram_quantile(0.9, x_bucket) > 1)[5m:])",
    ],
)
def test_a_quantile_without_a_rate_of_buckets_is_found(expr: str) -> None:
    """It shows the average of weeks, or has no result."""
    assert found(CHECK, Monitoring(groups=alert(expr))) == [(4, "error")]


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket[5m]))) > 1",
        "histogram_quantile(0.95, sum by (le) (increase(http_seconds_bucket[5m]))) > 1",
        "histogram_quantile(0.95, sum(rate(http_seconds[5m]))) > 1",
        "histogram_quantile(0.95, http_seconds) > 1",
        "histogram_quantile(0.95, job:http_seconds_bucket:rate5m) > 1",
        "http_seconds_bucket > 1",
    ],
)
def test_rates_native_histograms_and_recorded_metrics_are_accepted(expr: str) -> None:
    """The buckets may already be a rate."""
    assert not finds(CHECK, Monitoring(groups=alert(expr)))


def test_panels_are_checked_too() -> None:
    """Dashboards have the same mistake, with Grafana's variables."""
    query = DashboardQuery(
        "d", "p", 'histogram_quantile(0.9, sum(x_bucket{a="$a"}) by (le))', Location(NOWHERE.file, 7)
    )
    assert found(CHECK, Monitoring(dashboards=(query,))) == [(7, "error")]
