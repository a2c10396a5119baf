"""rules/vanishes-with-target: a missing series is not 0."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.vanishes_with_target import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr", ["rate(x_total[5m]) == 0", "sum by (job) (rate(x_total[5m])) < 1", "increase(x_total[1h]) < 1"]
)
def test_an_alert_on_low_traffic_without_its_target_is_found(expr: str) -> None:
    """A dead process exports no counter either."""
    assert found(CHECK, Monitoring(groups=alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    "watcher", ["up == 0", 'up{job="x"} < 1', "absent(x_total)", "sum(up) == 0", "absent_over_time(x_total[5m])"]
)
def test_another_alert_on_the_target_is_enough(watcher: str) -> None:
    """If another alert covers the missing target, one is enough."""
    groups = alert("rate(x_total[5m]) == 0") + group(f"- alert: Gone\n  expr: {watcher}")
    assert not finds(CHECK, Monitoring(groups=groups))


@pytest.mark.parametrize(
    "expr",
    [
        "x == 0",
        'up{job="x"} == 0',
        "nginx_up == 0",
        "sum(up) < 1",
        "(count(up == 1) or vector(0)) < 1",
        "count(up == 1) < 3",
        "count(up == 0) > 0",
        "rate(x_total[5m]) == 0 or absent(x_total)",
        "sum(rate(x_total[5m])) > 1",
        "sum(x == 0) < 1",
        "free / size < 0.1",
        'rate(x_total{result="ok"}[5m]) == 0 and rate(x_total[5m]) > 0',
        "sum by (job) (rate(evaluations_total[5m])) <= 0 and sum by (job) (loaded_rules) > 0",
        "rate(x_total[5m]) < 0",
    ],
)
def test_series_that_remain_when_low_are_accepted(expr: str) -> None:
    """Up exists while the target does not; a falling level does too."""
    assert not finds(CHECK, Monitoring(groups=alert(expr)))
