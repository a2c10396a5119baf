"""promql/quantile-without-rate: a quantile of all time is told apart from one of late."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql_quantile_without_rate import CHECK
from stackproof.model import Location
from stackproof.model.alerting import NOWHERE, DashboardQuery
from tests.unit.alerts.files import alert, found, strikes


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
def test_a_quantile_of_no_rate_of_buckets_is_found(expr: str) -> None:
    """It shows the average of weeks, or nothing at all."""
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
def test_rates_native_histograms_and_recordings_are_sound(expr: str) -> None:
    """Nothing is said where the buckets may well be a rate already."""
    assert not strikes(CHECK, Monitoring(groups=alert(expr)))


def test_a_panel_is_looked_at_too() -> None:
    """Dashboards make the same mistake as rules, with Grafana's variables in it."""
    query = DashboardQuery(
        "d", "p", 'histogram_quantile(0.9, sum(x_bucket{a="$a"}) by (le))', Location(NOWHERE.file, 7)
    )
    assert found(CHECK, Monitoring(dashboards=(query,))) == [(7, "error")]
