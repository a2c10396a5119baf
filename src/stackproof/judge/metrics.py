"""What expositions of metrics are held to: promises, counters that never fall, counts that agree, labels in bounds.

Pure: each function gives what is wrong in words, and nothing where nothing is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from math import isclose

from stackproof.model.metric_families import MetricFamily, PromisedMetric, PromisedPage, Series
from stackproof.model.monitoring import MetricType

Exposition = tuple[MetricFamily, ...]

_COUNTING = frozenset({MetricType.COUNTER, MetricType.HISTOGRAM, MetricType.SUMMARY})
_OF_TYPES = {MetricType.HISTOGRAM: "le", MetricType.SUMMARY: "quantile"}


@dataclass(frozen=True, slots=True)
class Counted:
    """How often somebody else counted what a metric counts.

    Attributes:
        series: What must have grown: all series of this name, together, that have these labels among theirs.
        times: By how much.
    """

    series: Series
    times: float


def unkept(page: PromisedPage, seen: Exposition) -> Iterator[str]:
    """Promises that an exposition breaks: a metric that is not there, or has another type, other labels or no help."""
    by_name = {family.name: family for family in seen}
    for metric in page.metrics:
        family = by_name.get(metric.name)
        if family is None:
            near = get_close_matches(metric.name, by_name, n=1)
            yield f"{metric.where}: expected {metric.name}, saw {near[0] if near else 'nothing like it'}"
        else:
            yield from (f"{metric.where}: {wrong}" for wrong in _broken(metric, family))
    if page.complete:
        promised = {metric.name for metric in page.metrics}
        yield from (f"{page.job} exports {name}, which nobody promised" for name in sorted(by_name.keys() - promised))


def _broken(metric: PromisedMetric, family: MetricFamily) -> Iterator[str]:
    if family.type is not metric.type:
        yield f"expected {metric.name} to be a {metric.type}, saw a {family.type}"
    if not family.help.strip():
        yield f"expected help on {metric.name}, saw none"
    if not family.values:
        yield f"expected series of {metric.name}, saw none"
    own = _OF_TYPES.get(family.type)
    for names in sorted({tuple(sorted({name for name, _ in series.labels} - {own})) for series in family.values}):
        if frozenset(names) != metric.labels:
            wanted = ", ".join(sorted(metric.labels)) or "none"
            yield f"expected {metric.name} to have the labels {wanted}, saw {', '.join(names) or 'none'}"


def fallen(before: Exposition, after: Exposition) -> Iterator[str]:
    """Counters, buckets, counts and sums that fell from one exposition to the next of the same process, or went."""
    values = _values(after)
    for series, value in _counts(before):
        now = values.get(series)
        if now is None or now < value:
            seen = "nothing" if now is None else f"{now:g}"
            yield f"expected {series} to be {value:g} or more, as it was, saw {seen}"


def disagreements(before: Exposition, after: Exposition, counts: Iterable[Counted]) -> Iterator[str]:
    """Series that did not grow by what somebody else counted."""
    for count in counts:
        grew = growth(before, after, count.series)
        if not isclose(grew, count.times, rel_tol=1e-9, abs_tol=1e-6):
            yield f"expected {count.series} to grow by {count.times:g}, saw {grew:g}"


def growth(before: Exposition, after: Exposition, wanted: Series) -> float:
    """How much the series of this name grew, all together that have these labels, whatever others they have."""
    return _sum(after, wanted) - _sum(before, wanted)


def new_series(before: Exposition, after: Exposition) -> Iterator[str]:
    """Series that were not there before: whoever can make them by what he sends, can make them without end."""
    yield from sorted(f"expected no new series, saw {series}" for series in _values(after).keys() - _values(before))


def _counts(seen: Exposition) -> Iterator[tuple[Series, float]]:
    """Series that only grow: of a histogram and a summary all but quantiles, which bear the family's own name."""
    for family in seen:
        if family.type in _COUNTING:
            is_counter = family.type is MetricType.COUNTER
            yield from (each for each in family.values.items() if is_counter or each[0].name != family.name)


def _values(seen: Exposition) -> dict[Series, float]:
    return {series: value for family in seen for series, value in family.values.items()}


def _sum(seen: Exposition, wanted: Series) -> float:
    values = _values(seen).items()
    return sum(value for series, value in values if series.name == wanted.name and wanted.labels <= series.labels)
