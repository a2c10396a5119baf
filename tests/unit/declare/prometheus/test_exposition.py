"""An exposition shows which metrics exist, and their types."""

from pathlib import Path

import pytest

from stackproof.declare.prometheus.exposition import metrics_of
from stackproof.model import Location
from stackproof.model.file_problem import FileProblemError
from stackproof.model.monitoring import ExportedMetric, MetricType

WHERE = Location(Path("metrics"))


def test_series_have_type_and_labels() -> None:
    """A histogram's series have the names that rules use."""
    read = metrics_of(
        '# TYPE h histogram\nh_bucket{path="/",le="1"} 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n'
        '# TYPE c_total counter\nc_total{code="200"} 1\nplain 1\n# TYPE g gauge\ng 1\n',
        WHERE,
    )
    series = frozenset({frozenset({("path", "/"), ("le", "1")}), frozenset({("le", "+Inf")})})
    assert ExportedMetric("h_bucket", MetricType.HISTOGRAM, frozenset({"path", "le"}), series) in read
    assert {metric.name: metric.type for metric in read} == {
        "h_bucket": MetricType.HISTOGRAM,
        "h_sum": MetricType.HISTOGRAM,
        "h_count": MetricType.HISTOGRAM,
        "c_total": MetricType.COUNTER,
        "plain": MetricType.UNTYPED,
        "g": MetricType.GAUGE,
    }


def test_a_family_without_series_exists() -> None:
    """A counter that has counted nothing yet is not missing."""
    read = metrics_of("# TYPE a_total counter\n# TYPE h histogram\n", WHERE)
    assert {metric.name for metric in read} == {"a_total", "h_bucket", "h_sum", "h_count"}
    assert not any(metric.series for metric in read)


def test_a_counter_keeps_its_exporters_name() -> None:
    """Many counters do not end in _total, and rules use the original name."""
    read = metrics_of("# TYPE bytes counter\nbytes 1\n# TYPE a_total counter\na_total 1\n# TYPE b counter\n", WHERE)
    assert {metric.name for metric in read} == {"bytes", "a_total", "b"}


def test_open_metrics_is_read() -> None:
    """The format of newer exporters."""
    (metric,) = metrics_of('# TYPE a counter\na_total 1 # {trace_id="x"} 1\n# EOF\n', WHERE)
    assert (metric.name, metric.type) == ("a_total", MetricType.COUNTER)


@pytest.mark.parametrize("text", ["<html><body>Prometheus</body></html>", "a{", "", '{"status": "ok"}'])
def test_what_is_not_an_exposition_is_reported(text: str) -> None:
    """A start page instead of metrics is one clear mistake, not a list of strange metrics."""
    with pytest.raises(FileProblemError):
        metrics_of(text, WHERE)
