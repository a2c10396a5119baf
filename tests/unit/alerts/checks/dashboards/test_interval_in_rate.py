"""dashboards/interval-in-rate: zoomed in, the panel is empty."""

from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.dashboards.interval_in_rate import CHECK
from stackproof.model import Location
from stackproof.model.monitoring import DashboardQuery
from tests.unit.alerts.files import finds, found


def _asks(expr: str) -> Monitoring:
    return Monitoring(dashboards=(DashboardQuery("board", "panel", expr, Location(Path("d.json"), 7)),))


@pytest.mark.parametrize(
    "expr",
    [
        # https://github.com/vllm-project/vllm/pull/58148
        "sum(rate(request_seconds_sum[$__interval])) / sum(rate(request_seconds_count[$__interval]))",
        "increase(x_total[${__interval}])",
        "irate(x_total[[[__interval]]])",
        "delta(x[$__interval])",
    ],
)
def test_a_rate_over_the_interval_is_found(expr: str) -> None:
    """It may be shorter than two scrapes."""
    assert found(CHECK, _asks(expr)) == [(7, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "rate(x_total[$__rate_interval])",
        "rate(x_total[5m])",
        "rate(x_total[$interval])",
        "max_over_time(x[$__interval])",
        "sum_over_time(x[$__interval])",
        'rate(x_total{a="$__interval"}[5m])',
        "max_over_time(rate(x_total[5m])[$__range:$__interval])",
    ],
)
def test_other_ranges_are_accepted(expr: str) -> None:
    """One sample is enough for a maximum."""
    assert not finds(CHECK, _asks(expr))
