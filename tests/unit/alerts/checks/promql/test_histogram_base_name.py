"""promql/histogram-base-name: a classic histogram has no series of its own name."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.histogram_base_name import CHECK
from tests.unit.alerts.files import alert, exported, finds, found, group

CLASSIC = exported(
    '# TYPE http_seconds histogram\nhttp_seconds_bucket{le="1"} 1\nhttp_seconds_sum 1\nhttp_seconds_count 1\n'
)


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, rate(http_seconds[5m])) > 1",
        "histogram_quantile(0.95, sum by (le) (rate(http_seconds[5m]))) > 1",
        'histogram_quantile(0.95, http_seconds{job="a"}) > 1',
        "histogram_fraction(0, 0.2, rate(http_seconds[5m])) < 0.9",
    ],
)
def test_an_exporter_with_buckets_makes_it_likely(expr: str) -> None:
    """It may also have a native histogram, which the text format does not show."""
    assert found(CHECK, Monitoring(groups=alert(expr), metrics=CLASSIC)) == [(4, "warning")]


@pytest.mark.parametrize("part", ["sum", "count"])
def test_exported_sums_and_counts_are_certain(part: str) -> None:
    """They are plain numbers without le."""
    groups = alert(f"histogram_quantile(0.95, rate(http_seconds_{part}[5m])) > 1")
    assert found(CHECK, Monitoring(groups=groups, metrics=CLASSIC)) == [(4, "error")]


def test_an_exposition_of_a_native_histogram_is_accepted() -> None:
    """Its text has only the bucket of everything."""
    text = '# TYPE x histogram\nx_bucket{le="+Inf"} 1\nx_sum 1\nx_count 1\n'
    groups = alert("histogram_quantile(0.95, sum(rate(x[5m]))) > 1")
    assert not finds(CHECK, Monitoring(groups=groups, metrics=exported(text)))


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, sum by (le) (rate(http_seconds_sum[5m]))) > 1",
        "histogram_quantile(0.95, rate(http_requests_total[5m])) > 1",
        "histogram_quantile(0.95, rate(http_seconds_count[5m])) > 1",
    ],
)
def test_without_its_exporter_the_name_makes_it_likely(expr: str) -> None:
    """Sums and counts have no buckets."""
    (finding,) = CHECK.findings(Monitoring(groups=alert(expr)))
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (4, "warning", "likely")


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, rate(http_seconds[5m])) > 1",
        "histogram_quantile(0.95, sum by (job) (rate(http_seconds[5m]))) > 1",
        "histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket[5m]))) > 1",
        "histogram_quantile(0.95, job:http_seconds_count:rate5m) > 1",
        "rate(http_seconds_sum[5m]) / rate(http_seconds_count[5m]) > 1",
        "histogram_avg(rate(http_seconds[5m])) > 1",
        '{__name__=~"http_.*_sum"} > 1',
    ],
)
def test_native_histograms_are_accepted(expr: str) -> None:
    """They have a series of the base name."""
    assert not finds(CHECK, Monitoring(groups=alert(expr)))


def test_both_kinds_from_one_exporter_are_accepted() -> None:
    """During a migration there are buckets and a native histogram; so there are if a rule records the name."""
    expr = "histogram_quantile(0.95, rate(http_seconds[5m])) > 1"
    native = exported("# TYPE http_seconds gauge\nhttp_seconds 1\n")
    assert not finds(CHECK, Monitoring(groups=alert(expr), metrics=CLASSIC + native))
    recorded = group(
        "- {record: http_seconds, expr: x}\n- {alert: A, expr: 'histogram_quantile(0.9, http_seconds) > 1'}"
    )
    assert not finds(CHECK, Monitoring(groups=recorded, metrics=CLASSIC))


def test_a_series_with_le_is_one_of_buckets() -> None:
    """Whatever its name."""
    odd = exported('# TYPE waits_total counter\nwaits_total{le="1.0"} 1\n')
    assert not finds(CHECK, Monitoring(groups=alert("histogram_quantile(0.9, rate(waits_total[5m])) > 1"), metrics=odd))
