"""Judges expositions of metrics: promises kept, counters that never decrease, counts that agree, labels within bounds.

Pure: each function generates one message for each problem.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from math import isclose

from stackproof.model.metric_families import MetricFamily, PromisedMetric, PromisedPage, Series
from stackproof.model.monitoring import MetricType

Exposition = tuple[MetricFamily, ...]

_COUNTING = frozenset({MetricType.COUNTER, MetricType.HISTOGRAM, MetricType.SUMMARY})
_TYPE_LABELS = {MetricType.HISTOGRAM: "le", MetricType.SUMMARY: "quantile"}


@dataclass(frozen=True, slots=True)
class ExpectedGrowth:
    """How much a metric has to grow, according to someone else who counted the same events.

    Attributes:
        series: What has to grow: the sum of all series of this name that have at least these labels.
        amount: By how much.
    """

    series: Series
    amount: float


def broken_promises(page: PromisedPage, exposition: Exposition) -> Iterator[str]:
    """Find metrics that are missing, or differ from the promise in type, labels or help."""
    by_name = {family.name: family for family in exposition}
    for metric in page.metrics:
        family = by_name.get(metric.name)
        if family is None:
            near = get_close_matches(metric.name, by_name, n=1)
            yield f"{metric.where}: expected {metric.name}, saw {near[0] if near else 'nothing like it'}"
        else:
            yield from (f"{metric.where}: {problem}" for problem in _differences(metric, family))
    if page.complete:
        promised = {metric.name for metric in page.metrics}
        yield from (f"{page.job} exports {name}, which is not promised" for name in sorted(by_name.keys() - promised))


def _differences(metric: PromisedMetric, family: MetricFamily) -> Iterator[str]:
    if family.type is not metric.type:
        yield f"expected {metric.name} to be a {metric.type}, saw a {family.type}"
    if not family.help.strip():
        yield f"expected help on {metric.name}, saw none"
    if not family.values:
        yield f"expected series of {metric.name}, saw none"
    own = _TYPE_LABELS.get(family.type)
    for names in sorted({tuple(sorted({name for name, _ in series.labels} - {own})) for series in family.values}):
        if frozenset(names) != metric.labels:
            wanted = ", ".join(sorted(metric.labels)) or "none"
            yield f"expected {metric.name} to have the labels {wanted}, saw {', '.join(names) or 'none'}"


def decreases(before: Exposition, after: Exposition) -> Iterator[str]:
    """Find counters, buckets, counts and sums that decreased or vanished between two expositions of one process."""
    values = _values(after)
    for series, value in _counting_series(before):
        now = values.get(series)
        if now is None or now < value:
            seen = "nothing" if now is None else f"{now:g}"
            yield f"expected {series} to be at least {value:g}, as before, saw {seen}"


def wrong_growth(before: Exposition, after: Exposition, expected: Iterable[ExpectedGrowth]) -> Iterator[str]:
    """Find series that did not grow by the expected amount."""
    for each in expected:
        grew = growth(before, after, each.series)
        if not isclose(grew, each.amount, rel_tol=1e-9, abs_tol=1e-6):
            yield f"expected {each.series} to grow by {each.amount:g}, saw {grew:g}"


def growth(before: Exposition, after: Exposition, wanted: Series) -> float:
    """Return how much the sum of all series of this name grew that have at least these labels."""
    return _sum(after, wanted) - _sum(before, wanted)


def new_series(before: Exposition, after: Exposition) -> Iterator[str]:
    """Find series that did not exist before: if a client can create them by its requests, it can create any number."""
    yield from sorted(f"expected no new series, saw {series}" for series in _values(after).keys() - _values(before))


def _counting_series(exposition: Exposition) -> Iterator[tuple[Series, float]]:
    """Generate the series that only grow; of a histogram or summary those are all but the family's own name."""
    for family in exposition:
        if family.type in _COUNTING:
            is_counter = family.type is MetricType.COUNTER
            yield from (each for each in family.values.items() if is_counter or each[0].name != family.name)


def _values(exposition: Exposition) -> dict[Series, float]:
    return {series: value for family in exposition for series, value in family.values.items()}


def _sum(exposition: Exposition, wanted: Series) -> float:
    values = _values(exposition).items()
    return sum(value for series, value in values if series.name == wanted.name and wanted.labels <= series.labels)
