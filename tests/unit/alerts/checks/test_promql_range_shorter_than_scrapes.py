"""promql/range-shorter-than-scrapes: one sample has no rate."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql_range_shorter_than_scrapes import CHECK
from tests.unit.alerts.files import alert, found, group, scraping, strikes

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
    """The range of one job may do for another: the job that is asked for decides."""
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
def test_longer_ranges_and_recordings_are_sound(expr: str) -> None:
    """What is recorded comes as often as rules are evaluated."""
    assert not strikes(CHECK, Monitoring(groups=alert(expr), scraping=SCRAPING))


def test_what_is_recorded_without_colons_is_sound() -> None:
    """A recorded metric is known by its rule, whatever its name."""
    groups = group("- {record: mine, expr: up}\n- {alert: A, expr: 'deriv(mine[30s]) > 1'}")
    assert not strikes(CHECK, Monitoring(groups=groups, scraping=SCRAPING))


def test_without_a_configuration_nothing_is_said() -> None:
    """Nobody knows how often is scraped."""
    assert not strikes(CHECK, Monitoring(groups=alert("rate(x_total[1s]) > 1")))
