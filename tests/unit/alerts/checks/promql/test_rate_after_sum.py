"""promql/rate-after-sum: a sum of counters hides the restart of one of them."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.rate_after_sum import CHECK
from tests.unit.alerts.files import alert, exported, finds, found, group


@pytest.mark.parametrize(
    "expr", ["rate(sum(requests_total)[5m:]) > 1", "increase((sum by (job) (requests_total))[1h:1m]) > 1"]
)
def test_a_rate_of_a_sum_is_found(expr: str) -> None:
    """One restart looks like millions of requests."""
    assert found(CHECK, Monitoring(groups=alert(expr))) == [(4, "error")]


def test_a_rate_of_a_recorded_sum_is_found() -> None:
    """The sum may be in another rule."""
    groups = group(
        """
        - record: job:requests:sum
          expr: sum by (job) (requests_total)
        - alert: A
          expr: rate(job:requests:sum[5m]) > 1
        """
    )
    assert found(CHECK, Monitoring(groups=groups)) == [(7, "error")]


def test_without_a_type_or_a_name_it_is_likely() -> None:
    """They may be anything."""
    assert found(CHECK, Monitoring(groups=alert("increase(sum(handled)[5m:]) > 1"))) == [(4, "warning")]
    counter = exported("# TYPE handled counter\nhandled 1\n")
    assert found(CHECK, Monitoring(groups=alert("increase(sum(handled)[5m:]) > 1"), metrics=counter)) == [(4, "error")]
    gauge = exported("# TYPE handled gauge\nhandled 1\n")
    assert not finds(CHECK, Monitoring(groups=alert("increase(sum(handled)[5m:]) > 1"), metrics=gauge))


@pytest.mark.parametrize(
    "expr",
    [
        "sum(rate(requests_total[5m])) > 1",
        "rate(requests_total[5m:]) > 1",
        "max_over_time(sum(rate(requests_total[5m]))[1h:]) > 1",
        "rate(max(requests_total)[5m:]) > 1",
        "increase(sum(x > 5)[5m:]) > 1",
        "rate(job:requests:sum[5m]) > 1",
    ],
)
def test_a_sum_of_rates_is_accepted(expr: str) -> None:
    """The right order, replicas that count the same, and recorded metrics of other files."""
    assert not finds(CHECK, Monitoring(groups=alert(expr)))
