"""dashboards/invalid-promql: a query that Prometheus rejects."""

from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.dashboards.invalid_promql import CHECK
from stackproof.model import Location
from stackproof.model.monitoring import DashboardQuery
from tests.unit.alerts.files import finds, found


def _asks(expr: str) -> Monitoring:
    return Monitoring(dashboards=(DashboardQuery("board", "panel", expr, Location(Path("d.json"), 7)),))


@pytest.mark.parametrize(
    "expr",
    ["sum(rate(x[5m])", "rate(x)", 'x{job="$job"', "rate(x[$__rate_interval]) >", "sum by job (x)", "rat(x)"],
)
def test_a_syntax_error_is_found(expr: str) -> None:
    """At its line, with the parser's message."""
    assert found(CHECK, _asks(expr)) == [(7, "error")]


@pytest.mark.parametrize(
    "expr",
    [
        'sum(rate(x{job=~"$job", a="${b:regex}"}[$__rate_interval]))',
        "max_over_time(x[$__range:$step])",
        "topk($k, x)",
        "$metric{a='b'}",
        "$aggregation(rate(x[5m]))",
        "x{$filters}",
        "x > [[limit]]",
        "x offset $shift",
        "sum by ($group) (x)",
    ],
)
def test_a_variable_may_stand_for_any_syntax(expr: str) -> None:
    """The value that the reader chooses is unknown."""
    assert not finds(CHECK, _asks(expr))
