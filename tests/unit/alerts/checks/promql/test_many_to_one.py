"""promql/many-to-one: the evaluation fails as soon as there are two."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.many_to_one import CHECK
from tests.unit.alerts.files import alert, finds, found, group


def test_the_line_is_that_of_the_operator() -> None:
    """As in https://github.com/prometheus-operator/kube-prometheus/commit/95bb49aa."""
    groups = group("- alert: A\n  expr: |\n    members\n      != on (service)\n    count by (service) (members)\n")
    assert found(CHECK, Monitoring(groups)) == [(7, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "x / on (job) sum by (job) (x) > 0.5",
        "sum by (job) (x) > on (job) x",
        "x / ignoring (pod) sum without (pod) (x) > 0.5",
        "rate(x_total[5m]) > on (job) 2 * avg by (job) (rate(x_total[5m]))",
        "sum by (namespace, pod) (x) / on (namespace) sum by (namespace) (x) > 0.5",
        "sum by (namespace, pod) (x) / ignoring (pod) sum by (namespace) (x) > 0.5",
        "sum by (namespace, pod) (x) > on (namespace) sum by (namespace) (y)",
        "sum by (instance, mode) (rate(x_total[5m])) / on (instance) count by (instance) (y) > 0.5",
        "sum by (job, code) (x) / ignoring (code) sum by (job) (y) > 0.5",
        "(x - y) / on (job) sum by (job) (x) > 0.5",
        'x{job="a"} / on (instance) sum by (instance) (x{job="a"}) > 0.5',
    ],
)
def test_a_part_of_its_own_aggregate_without_group_left_is_found(expr: str) -> None:
    """There are several parts, or nobody would aggregate them."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "x / on (job) group_left () sum by (job) (x) > 0.5",
        "sum by (job) (x) > on (job) group_right () x",
        "x / on (job) sum by (job) (y) > 0.5",
        "sum by (job) (x) / on (job) count by (job) (x)",
        "x and on (job) sum by (job) (x) > 5",
        "x / on (instance) y",
        "sum by (namespace, pod) (x) > on (namespace) group_left () sum by (namespace) (y)",
        "sum by (pod, node) (x) / on (pod) sum by (pod) (y)",
        "sum by (instance, pod) (x) / on (instance) sum by (instance) (y)",
        "sum by (instance, hostname) (x) / on (instance) sum by (instance) (y)",
        'sum by (job, code) (x{code="500"}) / ignoring (code) sum by (job) (y) > 0.5',
        "sum by (job, code) (x) and on (job) sum by (job) (y) > 5",
        "sum by (job, code) (x) / on (job) y",
        "sum by (job, instance) (x) / on (instance) sum by (instance) (x)",
        # One mode is left of each series that is summed up.
        'rate(r_total{code="500"}[5m]) / ignoring (code) sum without (code) (rate(r_total[5m])) > 0.1',
        'x{state="failed"} / on (instance) sum by (instance) (x) > 0.5',
        "x / on (job, instance, pod) sum by (job, instance, pod) (y)",
        "sum by (job) (x) / on (job) group_left () sum by (job) (y)",
        "x > scalar(sum(x)) / 2",
    ],
)
def test_a_join_that_can_be_right_is_accepted(expr: str) -> None:
    """Set operators may match many to many, and other metrics may have one series each."""
    assert not finds(CHECK, Monitoring(alert(expr)))
