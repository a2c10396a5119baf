"""rules/unknown-job: a job that is not scraped has no series."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.unknown_job import CHECK
from tests.unit.alerts.files import alert, finds, found, group, scraping

SCRAPING = scraping("scrape_configs: [{job_name: node-exporter}, {job_name: api}]")


@pytest.mark.parametrize("expr", ['up{job="node_exporter"} == 0', 'rate(x_total{job=~"web|db"}[5m]) > 1'])
def test_a_job_that_is_not_scraped_is_found(expr: str) -> None:
    """node_exporter is not node-exporter."""
    assert found(CHECK, Monitoring(groups=alert(expr), scraping=SCRAPING)) == [(4, "error")]


@pytest.mark.parametrize(
    "expr",
    [
        'up{job="api"} == 0',
        'up{job=~"api|web"} == 0',
        'up{job!="web"} == 0',
        'up{job=~".*"} == 0',
        'up{job=~"(?i)\\\\pL+"} == 0',
        "up == 0",
        'instance:load:rate5m{job="web"} > 1',
        'ALERTS{job="web"} == 1',
        'up{job="web"} == 0 or up{job="api"} == 0',
        'absent(up{job="web"} or up{job="api"})',
    ],
)
def test_a_job_that_may_exist_is_accepted(expr: str) -> None:
    """One of several is enough; a job that must not match need not exist."""
    assert not finds(CHECK, Monitoring(groups=alert(expr), scraping=SCRAPING))


@pytest.mark.parametrize(
    "text",
    [
        "scrape_configs: [{job_name: a, file_sd_configs: [{files: [x.json]}]}]",
        "scrape_configs: [{job_name: a, honor_labels: true}]",
        "scrape_configs: [{job_name: a, relabel_configs: [{target_label: job, replacement: web}]}]",
        "{scrape_configs: [{job_name: a}], scrape_config_files: [more/*.yml]}",
        "{scrape_configs: []}",
    ],
)
def test_where_jobs_are_unknown_nothing_is_found(text: str) -> None:
    """Discovered and relabelled targets may have any job."""
    assert not finds(CHECK, Monitoring(groups=alert('up{job="web"} == 0'), scraping=scraping(text)))


def test_a_recorded_metric_may_have_any_job() -> None:
    """A rule can set the label."""
    groups = group("- {record: mine, expr: up, labels: {job: all}}\n- {alert: A, expr: 'mine{job=\"all\"} > 1'}")
    assert not finds(CHECK, Monitoring(groups=groups, scraping=SCRAPING))
