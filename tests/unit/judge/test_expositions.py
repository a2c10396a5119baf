from pathlib import Path

import pytest

from stackproof.declare.prometheus.exposition import families_of
from stackproof.judge.expositions import (
    ExpectedGrowth,
    Exposition,
    broken_promises,
    decreases,
    growth,
    new_series,
    wrong_growth,
)
from stackproof.model import Location
from stackproof.model.metric_families import PromisedMetric, PromisedPage, Series
from stackproof.model.monitoring import MetricType

WHERE = Location(Path("metrics.yaml"), 3)
SOUND = """\
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{code="200"} 5
requests_total{code="500"} 1
# HELP duration_seconds Time.
# TYPE duration_seconds histogram
duration_seconds_bucket{le="1"} 5
duration_seconds_bucket{le="+Inf"} 6
duration_seconds_sum 4
duration_seconds_count 6
# HELP open Open connections.
# TYPE open gauge
open 3
# HELP pause_seconds Pauses.
# TYPE pause_seconds summary
pause_seconds{quantile="0.5"} 3
pause_seconds_sum 9
pause_seconds_count 4
"""
PAGE = PromisedPage(
    "shop",
    (
        PromisedMetric("requests_total", MetricType.COUNTER, frozenset({"code"}), WHERE),
        PromisedMetric("duration_seconds", MetricType.HISTOGRAM, frozenset(), WHERE),
        PromisedMetric("open", MetricType.GAUGE, frozenset(), WHERE),
        PromisedMetric("pause_seconds", MetricType.SUMMARY, frozenset(), WHERE),
    ),
    complete=True,
)


def seen(*edits: tuple[str, str]) -> Exposition:
    """The sound exposition, edited."""
    text = SOUND
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return families_of(text, Location(Path("metrics")))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("requests_total", "request_total", "expected requests_total, saw request_total"),
        ("open gauge", "open counter", "expected open to be a gauge, saw a counter"),
        ("# HELP open Open connections.\n", "", "expected help on open, saw none"),
        ("open 3\n", "", "expected series of open, saw none"),
        ('{code="200"}', '{status="200"}', "expected requests_total to have the labels code, saw status"),
        ("open 3", 'open{a="1",b="2"} 3', "expected open to have the labels none, saw a, b"),
        ("# HELP open", "# TYPE odd gauge\nodd 1\n# HELP open", "shop exports odd, which is not promised"),
    ],
)
def test_a_broken_promise_is_reported(old: str, new: str, message: str) -> None:
    """The message has what was expected, what was seen, and where the promise is written."""
    breaches = list(broken_promises(PAGE, seen((old, new))))
    assert any(message in problem for problem in breaches), breaches


def test_a_kept_promise_is_no_breach() -> None:
    """Whatever its type is; only a page that promises to be complete may export nothing else."""
    assert list(broken_promises(PAGE, seen())) == []
    assert list(broken_promises(PromisedPage("shop", PAGE.metrics[:1], complete=False), seen())) == []


@pytest.mark.parametrize(
    "edit",
    [
        ('requests_total{code="200"} 5', 'requests_total{code="200"} 4'),
        ('requests_total{code="500"} 1\n', ""),
        ('le="1"} 5', 'le="1"} 4'),
        ("duration_seconds_sum 4", "duration_seconds_sum 3"),
        ("pause_seconds_count 4", "pause_seconds_count 3"),
    ],
)
def test_a_counter_never_decreases(edit: tuple[str, str]) -> None:
    """Nor does what histograms and summaries count; and none of them vanishes."""
    (message,) = decreases(seen(), seen(edit))
    assert "as before" in message


@pytest.mark.parametrize("edit", [("open 3", "open 1"), ('quantile="0.5"} 3', 'quantile="0.5"} 1')])
def test_a_value_that_is_not_a_counter_may_decrease(edit: tuple[str, str]) -> None:
    """A gauge may, and a quantile of a summary, which is a duration."""
    assert list(decreases(seen(), seen(edit))) == []


def test_growth_is_the_sum_over_all_series_with_the_labels() -> None:
    """A series that does not exist yet has counted nothing."""
    after = seen(
        ('code="500"} 1', 'code="500"} 4'), ("# HELP duration", 'requests_total{code="404"} 2\n# HELP duration')
    )
    assert growth(seen(), after, Series.of("requests_total")) == 5
    assert growth(seen(), after, Series.of("requests_total", code="404")) == 2
    assert list(wrong_growth(seen(), after, [ExpectedGrowth(Series.of("requests_total", code="500"), 3)])) == []
    (message,) = wrong_growth(seen(), after, [ExpectedGrowth(Series.of("requests_total", code="500"), 2)])
    assert message == 'expected requests_total{code="500"} to grow by 2, saw 3'


def test_a_new_series_is_reported() -> None:
    """A new value of an existing series is not a new series."""
    assert list(new_series(seen(), seen(("open 3", "open 4")))) == []
    (message,) = new_series(seen(), seen(('code="500"', 'code="/etc/passwd"')))
    assert '"/etc/passwd"' in message
