"""rules/unbacked-threshold: a limit that no objective has."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.unbacked_threshold import CHECK
from stackproof.model import Objective, Promise, Sli
from stackproof.model.monitoring import NOWHERE
from tests.unit.alerts.files import alert, finds, found

ERRORS = 'sum(rate(requests_total{code=~"5.."}[5m])) / sum(rate(requests_total[5m]))'
QUANTILE = "histogram_quantile(0.95, sum by (le) (rate(request_duration_seconds_bucket[5m])))"
PROMISED = (
    Objective("slo-a-errors", Promise.SLO, "a", Sli.ERRORS, 0.999, None, "net/a:80", NOWHERE),
    Objective("slo-a-latency", Promise.SLO, "a", Sli.LATENCY, 0.95, 0.5, "net/a:80", NOWHERE),
)


@pytest.mark.parametrize(
    "expr",
    [
        f"{ERRORS} > 0.05",
        f"100 * ({ERRORS}) > 5",
        f"{QUANTILE} > 2",
        'sum(rate(requests_total{code="200"}[5m])) / sum(rate(requests_total[5m])) < 0.95',
    ],
)
def test_a_limit_without_an_objective_is_found(expr: str) -> None:
    """People are paged while the objective is met, or not paged while it is missed."""
    assert found(CHECK, Monitoring(groups=alert(expr), objectives=PROMISED)) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        f"{ERRORS} > 0.001",
        f"{ERRORS} > 14.4 * 0.001",
        f"{ERRORS} > (6 * (1 - 0.999))",
        f"100 * {ERRORS} > 0.1",
        f"{QUANTILE} > 0.5",
        f"1000 * {QUANTILE} > 500",
        'sum(rate(requests_total{code="200"}[5m])) / sum(rate(requests_total[5m])) < 0.999',
        "memory_percent > 90",
        "rate(errors_total[5m]) > 3",
        "sum(rate(bytes_total[5m])) / sum(rate(requests_total[5m])) > 1000",
        "histogram_quantile(0.95, sum by (le) (rate(batch_size_bucket[5m]))) > 2",
    ],
)
def test_promised_limits_and_other_measures_are_accepted(expr: str) -> None:
    """The budget, a burn rate, the target itself; and everything that is neither a failure ratio nor a latency."""
    assert not finds(CHECK, Monitoring(groups=alert(expr), objectives=PROMISED))


def test_without_objectives_nothing_is_found() -> None:
    """Without SLO files no limit is wrong."""
    assert not finds(CHECK, Monitoring(groups=alert(f"{ERRORS} > 0.05")))
