"""promql/comparison-drops-labels: a label that a route requires must survive the expression."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.comparison_drops_labels import CHECK
from tests.unit.alerts.files import alert, finds, found, routing, scraping

ROUTING = routing(
    """\
    route:
      receiver: rest
      routes:
        - receiver: payments
          matchers: ['namespace=~"pay.*"']
    receivers: [{name: rest}, {name: payments}]
    """
)


@pytest.mark.parametrize(
    "expr",
    [
        'sum(rate(errors_total{namespace="payments"}[5m])) > 1',
        'errors{namespace="payments"} > on (pod) limit',
        'sum by (pod) (errors{namespace="payments"}) > 1',
    ],
)
def test_a_required_label_that_the_expression_drops_is_found(expr: str) -> None:
    """The alert is meant for the route, but never reaches it."""
    assert found(CHECK, Monitoring(groups=alert(expr), routing=ROUTING)) == [(4, "error")]


@pytest.mark.parametrize(
    ("expr", "more"),
    [
        ('sum by (namespace) (errors{namespace="payments"}) > 1', ""),
        ('sum(errors{namespace="payments"}) > 1', "labels: {namespace: payments}"),
        ('sum(errors{namespace="shop"}) > 1', ""),
        ("sum(errors) > 1", ""),
        ('errors{namespace="payments"} > 1', ""),
    ],
)
def test_labels_that_are_kept_or_set_or_not_required_are_accepted(expr: str, more: str) -> None:
    """Not every alert is meant for every route."""
    assert not finds(CHECK, Monitoring(groups=alert(expr, more), routing=ROUTING))


def test_external_labels_count() -> None:
    """Prometheus adds them to every alert."""
    config = scraping("global: {external_labels: {namespace: payments}}")
    groups = alert('sum(errors{namespace="payments"}) > 1')
    assert not finds(CHECK, Monitoring(groups=groups, routing=ROUTING, scraping=config))


def test_without_routes_nothing_is_found() -> None:
    """No label is required."""
    assert not finds(CHECK, Monitoring(groups=alert('sum(errors{namespace="payments"}) > 1')))
