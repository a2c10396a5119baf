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
        "1 - (sum by (a) (x) or vector(0)) / sum by (a) (y) < 0.9",
        "(sum by (a) (x) or on () vector(0)) / sum by (a) (y) > 0.1",
        "(x or absent(x)) / y > 3",
        "sum by (a) (y) > (sum by (a) (x) or vector(5))",
    ],
)
def test_a_fallback_without_the_labels_of_the_other_side_is_found(expr: str) -> None:
    """It is blind where there is nothing to add."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


def test_series_of_several_recording_rules_are_no_fallback() -> None:
    """There is no `or` to object to."""
    text = "- {record: 'a:b', expr: sum by (a) (x)}\n- {record: 'a:b', expr: sum(y)}\n- {record: c, expr: 'a:b * z'}"
    assert not finds(CHECK, Monitoring(group(text)))


def test_the_message_names_the_fallback_and_the_label() -> None:
    """So it is clear which of several is meant."""
    (finding,) = CHECK.findings(Monitoring(alert("(sum by (a) (x) or vector(0)) + sum by (a) (y) > 1")))
    assert finding.message.startswith("vector(0), the fallback of this `or`, never takes part in the + around it")
    assert "has the label a" in finding.message


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
