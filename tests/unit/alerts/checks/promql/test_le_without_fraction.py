"""promql/le-without-fraction: Prometheus 3 writes bounds as floats."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.le_without_fraction import CHECK, normalised
from tests.unit.alerts.files import alert, finds, found


@pytest.mark.parametrize(
    "expr",
    [
        'rate(x_bucket{le="1"}[5m]) > 0',
        'x_bucket{le=~"1|5"} > 0',
        'x_bucket{le!="10"} > 0',
        'sum(rate(x_seconds_bucket{le="1000000"}[5m])) > 0',
        'x_seconds{quantile="1"} > 3',
        'x_bucket{le="0.50"} > 0',
    ],
)
def test_a_whole_number_is_found(expr: str) -> None:
    """It selects nothing after the update."""
    assert found(CHECK, Monitoring(alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    ("written", "stored"),
    [("1", "1.0"), ("0", "0.0"), ("10", "10.0"), ("0.005", "0.005"), ("1000000", "1e+06"), ("2500000", "2.5e+06")],
)
def test_the_spelling_is_that_of_prometheus(written: str, stored: str) -> None:
    """As ``FormatOpenMetricsFloat`` writes it."""
    assert normalised(written) == stored


@pytest.mark.parametrize(
    "expr",
    [
        'rate(x_bucket{le="1.0"}[5m]) > 0',
        'x_bucket{le="+Inf"} > 0',
        'x_bucket{le="0.5"} > 0',
        'x_bucket{le="1e+06"} > 0',
        'x_bucket{le="100000.0"} > 0',
        'x_bucket{le=~".+"} > 0',
        'x_bucket{le=~"1|1.0"} > 0',
        'x_bucket{le="1"} > 0 or x_bucket{le="1.0"} > 0',
        'x{le="1"} > 0',
        'x_seconds{quantile="0.99"} > 3',
        'x_bucket{code="1"} > 0',
        'x_bucket{le=""} > 0',
    ],
)
def test_the_spelling_of_prometheus_3_is_accepted(expr: str) -> None:
    """And labels of the same name that are no bounds."""
    assert not finds(CHECK, Monitoring(alert(expr)))
