"""rules/up-of-probe: up of an exporter says nothing of what it probes."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.up_of_probe import CHECK
from tests.unit.alerts.files import alert, finds, found, group, scraping

SCRAPING = scraping(
    """\
    scrape_configs:
    - job_name: blackbox
      metrics_path: /probe
      params: {module: [http_2xx]}
      static_configs: [{targets: ['https://shop.example.org']}]
    - job_name: exporter
      static_configs: [{targets: ['localhost:9115']}]
    """
)


@pytest.mark.parametrize("expr", ['up{job="blackbox"} == 0', 'avg_over_time(up{job=~"black.*"}[5m]) < 0.9'])
def test_up_of_a_job_that_probes_is_found(expr: str) -> None:
    """As in https://github.com/prometheus/blackbox_exporter/issues/79."""
    assert found(CHECK, Monitoring(alert(expr), scraping=SCRAPING)) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        'up{job="exporter"} == 0',
        "up == 0",
        'probe_success{job="blackbox"} == 0',
        'up{job="blackbox", job="exporter"} == 0',
    ],
)
def test_up_of_the_exporter_is_accepted(expr: str) -> None:
    """And of all jobs together."""
    assert not finds(CHECK, Monitoring(alert(expr), scraping=SCRAPING))


def test_an_alert_that_is_about_the_exporter_is_accepted() -> None:
    """Or one beside an alert on the probe's result."""
    about = group("- {alert: BlackboxExporterDown, expr: 'up{job=\"blackbox\"} == 0'}")
    assert not finds(CHECK, Monitoring(about, scraping=SCRAPING))
    beside = alert('up{job="blackbox"} == 0') + group("- {alert: B, expr: probe_success == 0}")
    assert not finds(CHECK, Monitoring(beside, scraping=SCRAPING))
