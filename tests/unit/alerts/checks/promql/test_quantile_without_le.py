"""promql/quantile-without-le: buckets without their label have no quantile."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.quantile_without_le import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, sum(rate(x_bucket[5m]))) > 1",
        "histogram_quantile(0.95, sum by (job) (rate(x_bucket[5m]))) > 1",
        "histogram_quantile(0.95, sum without (le) (rate(x_bucket[5m]))) > 1",
        "histogram_quantile(0.95, avg by (job) (sum by (le, job) (rate(x_bucket[5m])))) > 1",
    ],
)
def test_an_aggregation_that_drops_le_is_found(expr: str) -> None:
    """The quantile has no result, and the alert never fires."""
    assert found(CHECK, Monitoring(groups=alert(expr))) == [(4, "error")]


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m]))) > 1",
        "histogram_quantile(0.95, sum without (instance) (rate(x_bucket[5m]))) > 1",
        "histogram_quantile(0.95, rate(x_bucket[5m])) > 1",
        "histogram_quantile(0.95, sum by (job) (rate(x[5m]))) > 1",
        "histogram_quantile(0.95, sum by (job) (rate(s3_bucket_request_seconds[5m]))) > 1",
        "histogram_quantile(0.95, sum by (vmrange) (rate(x_bucket[5m]))) > 1",
    ],
)
def test_kept_le_and_native_histograms_are_accepted(expr: str) -> None:
    """A native histogram has no le, so an aggregation without it is correct."""
    assert not finds(CHECK, Monitoring(groups=alert(expr)))


def test_a_recording_rule_that_drops_le_is_found_where_it_is_used() -> None:
    """The mistake may be in another rule."""
    groups = group(
        """
        - record: job:x_bucket:rate5m
          expr: sum by (job) (rate(x_bucket[5m]))
        - alert: Slow
          expr: |
            histogram_quantile(0.95,
              job:x_bucket:rate5m) > 1
        """
    )
    assert found(CHECK, Monitoring(groups=groups)) == [(8, "error")]


def test_the_line_is_that_of_the_wrong_quantile() -> None:
    """The first of two may be right."""
    groups = group(
        """
        - alert: Slow
          expr: |
            histogram_quantile(0.5, sum by (le) (rate(x_bucket[5m]))) > 1
            or
            histogram_quantile(0.9, sum(rate(x_bucket[5m]))) > 1
        """
    )
    assert found(CHECK, Monitoring(groups=groups)) == [(8, "error")]
