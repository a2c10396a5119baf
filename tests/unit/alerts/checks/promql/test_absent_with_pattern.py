"""promql/absent-with-pattern: one of many can be missing unseen."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.absent_with_pattern import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        'absent(container_memory_usage_bytes{name=~"web_.*"})',
        'absent_over_time(x{instance=~"db-[123]"}[5m])',
        'absent(up{job=~"api|worker|cron"})',
        'absent(up{job="node", instance=~"a:9100|b:9100"})',
    ],
)
def test_a_pattern_inside_absent_is_found(expr: str) -> None:
    """It fires only when all of them are gone."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


def test_generated_names_of_pods_are_advice() -> None:
    """Only a pattern can select a Deployment's pods, and that all of them are gone may be meant."""
    assert found(CHECK, Monitoring(alert('absent(kube_pod_info{pod=~"api-.+"}) > 0'))) == [(4, "info")]


@pytest.mark.parametrize("name", ["AllWebContainersMissing", "NoWebContainer"])
def test_a_rule_that_speaks_of_all_is_accepted(name: str) -> None:
    """It says what it does."""
    assert not finds(CHECK, Monitoring(group(f"- {{alert: {name}, expr: 'absent(x{{name=~\"web.*\"}})'}}")))


@pytest.mark.parametrize(
    "expr",
    [
        'absent(container_memory_usage_bytes{name="web_1"})',
        'absent(up{job=~"etcd|kube-etcd"})',
        'absent(up{job=~"node-exporter|node_exporter"})',
        'absent(up{job=~".*apiserver.*"} == 1)',
        'absent(x{handler!="a"})',
        'absent(x{cluster=~"prod-.*"})',
        'absent(x{name=~".+"})',
        'absent(x{name=~"web"})',
        'count(x{name=~"web_.*"}) < 3',
        'absent(x{code=~"5.."})',
    ],
)
def test_absent_of_one_thing_is_accepted(expr: str) -> None:
    """Also one that has two names, or is in one of several places."""
    assert not finds(CHECK, Monitoring(alert(expr)))
