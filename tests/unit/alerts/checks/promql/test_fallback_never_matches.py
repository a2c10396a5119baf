"""promql/fallback-never-matches: vector(0) has no labels."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.fallback_never_matches import CHECK
from tests.unit.alerts.files import alert, finds, found, group


def test_the_line_is_that_of_the_or() -> None:
    """As in https://github.com/kubernetes-sigs/kubernetes-mixin/issues/865."""
    groups = group(
        """\
        - alert: BurnRate
          expr: |
            (
              (sum by (cluster) (rate(slow_total[5m])) or vector(0))
              + sum by (cluster) (rate(failed_total[5m]))
            ) / sum by (cluster) (rate(requests_total[5m])) > 0.05
        """
    )
    assert found(CHECK, Monitoring(groups)) == [(7, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "(sum by (a) (x) or vector(0)) / sum by (a) (y) > 0.1",
        "sum by (a) (y) - (sum by (a) (x) or vector(0)) > 3",
        "(rate(x_total[5m]) or vector(0)) + rate(y_total[5m]) > 1",
        "(sum by (a) (x) or vector(0)) * 100 / sum by (a) (y) > 10",
    ],
)
def test_a_fallback_without_the_labels_of_the_other_side_is_found(expr: str) -> None:
    """It is blind where there is nothing to add."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "(sum(x) or vector(0)) + sum(y) > 1",
        "(sum(x) or vector(0)) + (sum(y) or vector(0)) > 1",
        "(sum by (a) (x) or vector(0)) > 3",
        "(sum by (a) (x) or 0 * sum by (a) (y)) + sum by (a) (y) > 1",
        "sum(sum by (a) (x) or vector(0)) + sum(y) > 1",
        "(sum by (a) (x) or vector(0)) * on () group_left () sum(y) > 1",
    ],
)
def test_a_fallback_that_can_pair_is_accepted(expr: str) -> None:
    """Or one that pairs with nothing because there is no other side."""
    assert not finds(CHECK, Monitoring(alert(expr)))
