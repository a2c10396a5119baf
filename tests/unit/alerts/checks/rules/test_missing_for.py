"""rules/missing-for: one unusual sample pages nobody."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.missing_for import CHECK
from tests.unit.alerts.files import alert, finds, found


@pytest.mark.parametrize(
    "expr",
    [
        "up == 0",
        "probe_success == 0",
        "mysql_up == 0",
        "absent(x)",
        "rate(errors_total[1m]) > 0.5",
        "sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05",
        "memory_percent > 90",
        "job:errors:ratio_rate5m > 0.05",
        "free / size < 0.1",
    ],
)
def test_a_fluctuating_value_needs_a_for(expr: str) -> None:
    """A late scrape, a burst, a level that is crossed once."""
    assert found(CHECK, Monitoring(groups=alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize(
    ("expr", "more"),
    [
        ("up == 0", "for: 5m"),
        ("up == 0", "for: 0m"),
        ("increase(errors_total[1h]) > 5", ""),
        ("predict_linear(free[6h], 3600) < 0", ""),
        ("absent_over_time(x[10m])", ""),
        ("rate(errors_total[1h]) > 0.01", ""),
        ("slo:ratio:rate5m > 0.01 and slo:ratio:rate1h > 0.01", ""),
        ("max(slo:sli_error:ratio_rate30m > 0.02) without (window)", ""),
        ("(rate(a_total[5m]) > 0.1) and (rate(a_total[1h]) > 0.1)", ""),
        ("avg_over_time(up[10m]) < 0.5", ""),
        ("max_over_time(memory_percent[10m]) > 90", ""),
        ("time() - last_success_timestamp_seconds > 86400", ""),
        ("raid_failed_disks > 0", ""),
        ("state == 1", ""),
        ("vector(1)", ""),
        ("changes(process_start_time_seconds[15m]) > 2", ""),
    ],
)
def test_a_longer_range_or_an_explicit_zero_is_accepted(expr: str, more: str) -> None:
    """A longer range, an age or a state needs no further time; ``for: 0m`` is intended."""
    assert not finds(CHECK, Monitoring(groups=alert(expr, more)))
