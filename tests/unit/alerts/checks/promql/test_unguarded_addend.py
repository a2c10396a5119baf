"""promql/unguarded-addend: a sum has a result only where all addends have one."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.unguarded_addend import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        "(sum(rate(errors_total[5m])) or vector(0)) + sum(rate(timeouts_total[5m])) > 1",
        "sum(rate(timeouts_total[5m])) + (sum(rate(errors_total[5m])) or on () vector(0)) > 1",
        "(sum(a) or vector(0)) + (sum(b) or vector(0)) + count(c) > 1",
    ],
)
def test_an_addend_without_a_fallback_beside_one_with_it_is_found(expr: str) -> None:
    """Whoever wrote one knew why."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "info")]


def test_a_metric_that_has_a_fallback_in_another_rule_is_found() -> None:
    """At the line of the addend."""
    groups = group(
        """\
        - record: timeouts
          expr: sum(rate(timeouts_total[5m])) or vector(0)
        - alert: A
          expr: |
            sum(rate(errors_total[5m]))
            +
            sum(rate(timeouts_total[5m])) > 1
        """
    )
    assert found(CHECK, Monitoring(groups)) == [(10, "info")]


@pytest.mark.parametrize(
    "expr",
    [
        "sum(rate(errors_total[5m])) + sum(rate(timeouts_total[5m])) > 1",
        "(sum(a) or vector(0)) + (sum(b) or vector(0)) > 1",
        "(sum(a) or vector(0)) + vector(3) > 1",
        "(sum(a) or vector(0)) + 1 > 1",
        "(sum(a) or vector(0)) / sum(b) > 1",
        "(sum(a) or vector(0)) > sum(b)",
        "(sum by (c) (a) or vector(0)) + sum by (c) (b) > 1",
        "(sum(a) or sum(b)) + sum(c) > 1",
        "sum(a) + sum(b) or vector(0) == 0",
        "((sum(a) + sum(b)) or vector(0)) > 1",
    ],
)
def test_a_sum_without_such_a_hint_is_accepted(expr: str) -> None:
    """Most series exist from the start."""
    assert not finds(CHECK, Monitoring(alert(expr)))
