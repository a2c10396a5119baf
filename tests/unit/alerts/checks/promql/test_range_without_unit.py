"""promql/range-without-unit: minutes were meant."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.range_without_unit import CHECK
from tests.unit.alerts.files import alert, finds, found


@pytest.mark.parametrize(
    "expr",
    [
        "increase(etcd_leader_changes_total[10]) > 2",
        "rate(x_total[300])",
        "max_over_time(x[60:10s])",
        "x offset 5 > 3",
    ],
)
def test_a_number_without_a_unit_is_found(expr: str) -> None:
    """It is read as seconds."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "increase(x_total[10m]) > 2",
        "x offset 5m > 3",
        'x{a="[10]"} > 1',
        "x > 10",
        "x offset -5m > 1",
        "max_over_time(x[1h:1m]) > 1",
        "rate(x_total[1m30s]) > 1",
    ],
)
def test_a_duration_is_accepted(expr: str) -> None:
    """And numbers elsewhere."""
    assert not finds(CHECK, Monitoring(alert(expr)))
