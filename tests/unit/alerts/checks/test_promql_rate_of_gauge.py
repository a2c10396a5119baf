"""promql/rate-of-gauge: a value that goes up and down has no rate."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql_rate_of_gauge import CHECK
from tests.unit.alerts.files import alert, exported, found, strikes

METRICS = exported(
    """\
    # TYPE queue_depth gauge
    queue_depth 1
    # TYPE odd_usage_bytes counter
    odd_usage_bytes 1
    # TYPE old_requests_total gauge
    old_requests_total 1
    """
)


@pytest.mark.parametrize("function", ["rate", "irate", "increase"])
def test_what_its_exporter_calls_a_gauge_is_found(function: str) -> None:
    """Each fall would be taken for a restart."""
    groups = alert(f"{function}(queue_depth[5m]) > 1")
    assert found(CHECK, Monitoring(groups=groups, metrics=METRICS)) == [(4, "error")]


def test_a_plain_name_is_a_warning_where_no_exporter_was_asked() -> None:
    """A name is strong evidence, but none to fail by."""
    assert found(CHECK, Monitoring(groups=alert("rate(node_memory_MemFree_bytes[5m]) > 1"))) == [(4, "warning")]


@pytest.mark.parametrize(
    "expr",
    [
        "rate(odd_usage_bytes[5m]) > 1",
        "rate(old_requests_total[5m]) > 1",
        "rate(http_requests_total[5m]) > 1",
        "rate(something[5m]) > 1",
        "deriv(queue_depth[5m]) > 1",
        "rate(sum(queue_depth)[5m:]) > 1",
    ],
)
def test_counters_and_what_cannot_be_told_are_sound(expr: str) -> None:
    """An exporter's word goes before the name's look, but for a name that ends as a counter's."""
    assert not strikes(CHECK, Monitoring(groups=alert(expr), metrics=METRICS))
