"""promql/division-without-traffic: a success ratio has no result if nothing succeeds."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.division_without_traffic import CHECK
from tests.unit.alerts.files import alert, finds, found

GOOD = 'sum(rate(requests_total{code=~"2.."}[5m]))'
ALL = "sum(rate(requests_total[5m]))"


@pytest.mark.parametrize(
    "expr",
    [
        f"{GOOD} / {ALL} < 0.99",
        f"0.99 > {GOOD} / {ALL}",
        f"100 * ({GOOD} / {ALL}) <= 99",
        f"1 - ({GOOD} / {ALL}) > 0.01",
        f"(100 - 100 * {GOOD} / {ALL}) > 1",
        f"{GOOD} / {ALL} < 0.99 and {ALL} > 1",
        f"sum(rate(a_total[5m])) / {ALL} != 1",
    ],
)
def test_a_ratio_without_a_result_in_the_worst_case_is_found(expr: str) -> None:
    """A total outage from the start does not fire, or missing traffic does."""
    assert found(CHECK, Monitoring(groups=alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        'sum(rate(requests_total{code=~"5.."}[5m])) / sum(rate(requests_total[5m])) > 0.05',
        f"({GOOD} or vector(0)) / {ALL} < 0.99",
        f"{GOOD} / {ALL} < 0.99 or absent(requests_total)",
        "sum(rate(hits_total[5m])) / (sum(rate(hits_total[5m])) + sum(rate(misses_total[5m]))) < 0.8",
        "node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1",
        'node_filesystem_avail_bytes{fstype="ext4"} / node_filesystem_size_bytes{fstype="ext4"} < 0.1',
        "1 - free / total > 0.9",
        "x > 1",
    ],
)
def test_a_failure_ratio_is_accepted(expr: str) -> None:
    """NaN is not above any threshold: without traffic nothing fires, as it should."""
    assert not finds(CHECK, Monitoring(groups=alert(expr)))
