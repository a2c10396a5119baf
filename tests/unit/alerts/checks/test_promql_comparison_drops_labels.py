"""promql/comparison-drops-labels: what a route wants must survive the expression."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql_comparison_drops_labels import CHECK
from tests.unit.alerts.files import alert, found, routing, scraping, strikes

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
def test_a_label_that_a_route_wants_and_the_expression_lost_is_found(expr: str) -> None:
    """The alert is plainly meant for the route, and never takes it."""
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
def test_labels_that_are_kept_set_or_not_wanted_are_sound(expr: str, more: str) -> None:
    """Not every alert is meant for every route."""
    assert not strikes(CHECK, Monitoring(groups=alert(expr, more), routing=ROUTING))


def test_labels_that_prometheus_adds_are_there() -> None:
    """External labels come with every alert."""
    config = scraping("global: {external_labels: {namespace: payments}}")
    groups = alert('sum(errors{namespace="payments"}) > 1')
    assert not strikes(CHECK, Monitoring(groups=groups, routing=ROUTING, scraping=config))


def test_without_routes_nothing_is_said() -> None:
    """Nobody knows what is wanted."""
    assert not strikes(CHECK, Monitoring(groups=alert('sum(errors{namespace="payments"}) > 1')))
