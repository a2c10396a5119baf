"""rules/interval-above-lookback: a series is stale after five minutes."""

from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.interval_above_lookback import CHECK
from stackproof.declare.prometheus.rule_file import rules_of
from stackproof.documents.yaml_reader import parse_tree
from stackproof.model.monitoring import RuleGroup
from tests.unit.alerts.files import alert, finds, found, scraping


def _recorded(interval: str) -> tuple[RuleGroup, ...]:
    text = f"groups:\n- name: slow\n  interval: {interval}\n  rules:\n  - {{record: 'a:b', expr: sum(x)}}\n"
    return rules_of(Path("rules.yaml"), parse_tree(Path("rules.yaml"), text)).sound()


def test_a_slow_group_is_found_at_its_interval() -> None:
    """As in https://github.com/cloudflare/pint/blob/main/docs/checks/group/interval.md."""
    assert found(CHECK, Monitoring(_recorded("10m") + alert("a:b > 5"))) == [(3, "warning")]


def test_a_record_that_nothing_here_reads_is_advice() -> None:
    """Dashboards or other files may read it, maybe over a range."""
    assert found(CHECK, Monitoring(_recorded("10m"))) == [(3, "info")]


def test_the_default_interval_of_prometheus_counts() -> None:
    """For a group without one, at the group."""
    slow = scraping("global: {evaluation_interval: 10m}")
    groups = tuple(each for each in _recorded("1m") if each.rules)
    assert not finds(CHECK, Monitoring(groups, scraping=slow))
    assert found(CHECK, Monitoring(rules_without_interval(), scraping=slow)) == [(2, "info")]


def rules_without_interval() -> tuple[RuleGroup, ...]:
    """A group that is evaluated as often as Prometheus does by default."""
    text = "groups:\n- name: slow\n  rules:\n  - {record: 'a:b', expr: sum(x)}\n"
    return rules_of(Path("rules.yaml"), parse_tree(Path("rules.yaml"), text)).sound()


def test_a_job_that_is_scraped_too_rarely_is_found() -> None:
    """Its series have gaps too."""
    assert found(CHECK, Monitoring(scraping=scraping("scrape_configs:\n- {job_name: a, scrape_interval: 10m}"))) == [
        (2, "info")
    ]


@pytest.mark.parametrize(
    ("interval", "expr"),
    [("5m", "a:b > 5"), ("30s", "a:b > 5"), ("10m", "last_over_time(a:b[20m]) > 5"), ("10m", "increase(a:b[1h]) > 5")],
)
def test_a_series_without_gaps_or_read_over_a_range_is_accepted(interval: str, expr: str) -> None:
    """A range finds the last sample."""
    assert not finds(CHECK, Monitoring(_recorded(interval) + alert(expr)))


def test_a_slow_group_of_alerts_alone_is_accepted() -> None:
    """An alert is not read as a series."""
    text = "groups:\n- name: slow\n  interval: 10m\n  rules:\n  - {alert: A, expr: x > 1, for: 1h}\n"
    assert not finds(CHECK, Monitoring(rules_of(Path("r"), parse_tree(Path("r"), text)).sound()))
