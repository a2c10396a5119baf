"""promql/quantile-without-rate: a quantile since the start is not one of the last minutes."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.quantile_without_rate import CHECK
from stackproof.model import Location
from stackproof.model.monitoring import NOWHERE, DashboardQuery
from tests.unit.alerts.files import alert, exported, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, sum by (le) (http_seconds_bucket)) > 1",
        'histogram_quantile(0.95, http_seconds_bucket{job="a"}) > 1',
        "max_over_time((histogram_quantile(0.9, x_bucket) > 1)[5m:])",
    ],
)
def test_a_quantile_without_a_rate_of_buckets_is_found(expr: str) -> None:
    """It shows the average of weeks."""
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
        "histogram_quantile(0.95, sum by (le) (x_bucket - x_bucket offset 1h)) > 1",
        "histogram_quantile(0.95, sum by (le) (x_bucket) - sum by (le) (x_bucket offset 1h)) > 1",
        "histogram_quantile(0.95, sum by (le) (idelta(x_bucket[5m]))) > 1",
    ],
)
def test_rates_native_histograms_and_recorded_metrics_are_accepted(expr: str) -> None:
    """The buckets may already be a rate."""
    assert not finds(CHECK, Monitoring(groups=alert(expr)))


def test_buckets_of_now_and_recorded_rates_are_accepted() -> None:
    """A gauge histogram has no past, and a rule may record a rate under any name."""
    expr = "histogram_quantile(0.9, now_bucket) > 1"
    gauge = exported(
        '# TYPE now gaugehistogram\nnow_bucket{le="1.0"} 1\nnow_bucket{le="+Inf"} 1\nnow_gcount 1\nnow_gsum 1\n# EOF\n'
    )
    assert not finds(CHECK, Monitoring(groups=alert(expr), metrics=gauge))
    groups = group("- {record: now_bucket, expr: 'rate(x_bucket[5m])'}\n- {alert: A, expr: '" + expr + "'}")
    assert not finds(CHECK, Monitoring(groups=groups))


def test_panels_are_checked_too() -> None:
    """Dashboards have the same mistake, with Grafana's variables."""
    query = DashboardQuery(
        "d", "p", 'histogram_quantile(0.9, sum(x_bucket{a="$a"}) by (le))', Location(NOWHERE.file, 7)
    )
    assert found(CHECK, Monitoring(dashboards=(query,))) == [(7, "error")]
