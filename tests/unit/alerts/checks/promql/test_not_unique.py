"""promql/not-unique: a join fails if one side has two series."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.not_unique import CHECK
from tests.unit.alerts.files import alert, exported, finds, found

METRICS = exported(
    """\
    # TYPE node_name gauge
    node_name{node="a",service="kubelet"} 1
    node_name{node="a",service="op-kubelet"} 1
    # TYPE single gauge
    single{node="a"} 1
    single{node="b"} 1
    # TYPE label gauge
    label{a="1"} 1
    label{b="1"} 1
    label{b="2"} 1
    # TYPE alone gauge
    alone 1
    """
)


@pytest.mark.parametrize(
    "expr",
    [
        # https://github.com/kubernetes-sigs/kubernetes-mixin/issues/392
        "sum by (instance) (x) * on (instance) group_left (node) node_name > 60",
        "x * on (instance, node) group_left () node_name > 60",
        "node_name * on (instance) group_right () x > 60",
        "single == on (instance) alone",
        "x * ignoring (service, node) group_left () node_name > 1",
        "x > on (instance) node_name * 0.8",
        "x / on (instance) rate(single[5m]) > 1",
        "x / on (instance) group_left () -clamp_min(node_name, 1) > 1",
        'x * on (instance) group_left () label{a=""}',
    ],
)
def test_two_series_for_one_match_are_found(expr: str) -> None:
    """The exposition proves it."""
    assert found(CHECK, Monitoring(alert(expr), metrics=METRICS)) == [(4, "error")]


def test_the_message_names_the_label_that_makes_them_two() -> None:
    """So it is clear what to aggregate."""
    (finding,) = CHECK.findings(Monitoring(alert("x * on (node) group_left () node_name"), metrics=METRICS))
    assert finding.message.endswith("one exporter has 2 series that differ only in service")


@pytest.mark.parametrize(
    "expr",
    [
        "x * on (instance) group_left (node) max by (instance, node) (node_name) > 60",
        'x * on (instance) group_left () node_name{service="kubelet"} > 60',
        "x * on (node) group_left () single > 60",
        "x * on (instance) group_left () alone > 60",
        "node_name * on (instance) group_left () alone > 60",
        "x * on (instance) group_left () unknown > 60",
        "x and on (instance) node_name",
        "node_name > 3",
        'x * on (instance) group_left () label{a="1"}',
        "x * on (instance) group_left () (node_name == 1)",
        'x * on (instance) group_left () label_replace(node_name, "instance", "$1", "node", "(.*)")',
        'x * on (instance, service) group_left () node_name{job="a"}',
        "x * on (instance) group_left () topk(1, node_name)",
        "x * on (instance) group_left () histogram_quantile(0.9, node_name)",
        "2 * node_name > 1",
    ],
)
def test_what_is_unique_or_unknown_is_accepted(expr: str) -> None:
    """Also the side that may have many."""
    assert not finds(CHECK, Monitoring(alert(expr), metrics=METRICS))


def test_two_exporters_with_one_series_each_are_accepted() -> None:
    """They are different targets, so their instance differs."""
    twice = exported("# TYPE a gauge\na 1\n") + exported("# TYPE a gauge\na 1\n")
    assert not finds(CHECK, Monitoring(alert("x * on (instance) group_left () a"), metrics=twice))
