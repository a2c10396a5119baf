"""promql/range-shorter-than-scrapes: one sample has no rate."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.range_shorter_than_scrapes import CHECK
from tests.unit.alerts.files import alert, finds, found, group, scraping

SCRAPING = scraping(
    """\
    global: {scrape_interval: 1m}
    scrape_configs:
      - {job_name: slow, scrape_interval: 5m}
      - {job_name: usual}
    """
)


@pytest.mark.parametrize(
    ("expr", "severity"),
    [
        ("rate(x_total[30s]) > 1", "error"),
        ("rate(x_total[1m]) > 1", "warning"),
        ('increase(x_total{job="slow"}[2m]) > 1', "error"),
        ('deriv(x{job="slow"}[5m]) > 1', "warning"),
    ],
)
def test_a_range_of_fewer_than_two_scrapes_is_found(expr: str, severity: str) -> None:
    """The selected job decides: the same range may be long enough for another."""
    assert found(CHECK, Monitoring(groups=alert(expr), scraping=SCRAPING)) == [(4, severity)]


@pytest.mark.parametrize(
    "expr",
    [
        "rate(x_total[2m]) > 1",
        'rate(x_total{job="slow"}[20m]) > 1',
        "max_over_time(x[30s]) > 1",
        "rate(job:x:rate5m[30s]) > 1",
        'rate(x_total{job="nothing"}[2m]) > 1',
    ],
)
def test_longer_ranges_and_recorded_metrics_are_accepted(expr: str) -> None:
    """Recorded metrics have a sample for each evaluation."""
    assert not finds(CHECK, Monitoring(groups=alert(expr), scraping=SCRAPING))


def test_recorded_metrics_without_colons_are_accepted() -> None:
    """A recorded metric is known by its rule, whatever its name."""
    groups = group("- {record: mine, expr: up}\n- {alert: A, expr: 'deriv(mine[30s]) > 1'}")
    assert not finds(CHECK, Monitoring(groups=groups, scraping=SCRAPING))


def test_without_a_configuration_nothing_is_found() -> None:
    """The scrape interval is unknown."""
    assert not finds(CHECK, Monitoring(groups=alert("rate(x_total[1s]) > 1")))
