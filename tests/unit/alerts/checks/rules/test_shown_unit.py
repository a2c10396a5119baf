"""rules/shown-unit: what the person on call reads is the value."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.shown_unit import CHECK
from tests.unit.alerts.files import alert, finds, found

RATIO = "sum(rate(http_failed_total[5m])) / sum(rate(http_received_total[5m])) > 0.05"
PERCENT = "100 * sum(rate(http_failed_total[5m])) / sum(rate(http_received_total[5m])) > 5"
SECONDS = "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 1"
MILLISECONDS = f"1000 * {SECONDS.removesuffix('> 1')} > 1000"


def _summary(text: str) -> str:
    return "annotations:\n  summary: '" + text.replace("'", "''") + "'"


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        # https://github.com/grafana/mimir/pull/15054
        (PERCENT, "{{ $value | humanizePercentage }} fail"),
        ("cpu_used_percent > 80", "{{ humanizePercentage $value }}"),
        # https://github.com/etcd-io/etcd/pull/9202
        (RATIO, "{{ $value }}% of requests failed"),
        (RATIO, '{{ $value | printf "%.2f" }} percent failed'),
        (RATIO, "{{ $value | humanizePercentage }}% failed"),
        (SECONDS, "takes {{ $value }} ms"),
        (SECONDS, '{{ printf "%.0f" $value }}ms'),
        (MILLISECONDS, "takes {{ $value | humanize }}s"),
        (MILLISECONDS, "takes {{ $value | humanizeDuration }}"),
        (RATIO, "{{ $value | humanizeDuration }}"),
        ("x_last_success_timestamp_seconds > 1e9", "{{ $value | humanizeDuration }} ago"),
        ("time() - x_last_success_timestamp_seconds > 3600", "since {{ $value | humanizeTimestamp }}"),
    ],
)
def test_another_unit_is_found_at_the_line_of_the_text(expr: str, text: str) -> None:
    """A failure of all requests is not told as 1 %."""
    assert found(CHECK, Monitoring(alert(expr, _summary(text)))) == [(7, "warning")]


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (RATIO, "{{ $value | humanizePercentage }} fail"),
        (RATIO, "{{ $value }} of 1"),
        (RATIO, "{{ $value }} (limit 5%)"),
        (PERCENT, "{{ $value }}% fail"),
        (PERCENT, '{{ printf "%.2f" $value }}%'),
        (SECONDS, "{{ $value }}s"),
        (SECONDS, "{{ $value | humanizeDuration }}"),
        (SECONDS, "{{ $value | humanize }}s"),
        (MILLISECONDS, "{{ $value }} ms"),
        ("time() - x_last_success_timestamp_seconds > 3600", "{{ $value | humanizeDuration }} ago"),
        ("x_last_success_timestamp_seconds > 1e9", "{{ $value | humanizeTimestamp }}"),
        ("unknown > 1", "{{ $value }}%"),
        ("unknown > 1", "{{ $value | humanizePercentage }}"),
        ("node_load1 > 4", "{{ $value }} sockets"),
        (RATIO, "{{ $labels.job }}% and {{ $externalLabels.x }}"),
    ],
)
def test_the_right_unit_is_accepted(expr: str, text: str) -> None:
    """Also where the unit is unknown."""
    assert not finds(CHECK, Monitoring(alert(expr, _summary(text))))
