"""What is known about a series from its selector: labels, bounds and unit of its values."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import promql_parser as pp

from stackproof.alerts.label_matching import selects
from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, point
from stackproof.alerts.meaning.labels import ANY, TARGET_LABELS, LabelSet
from stackproof.alerts.promql.expressions import FILLED
from stackproof.alerts.promql.syntax_tree import matchers
from stackproof.alerts.routing.implication import literals
from stackproof.declare.label_patterns import LabelPatternError
from stackproof.model.monitoring import ExportedMetric, LabelMatcher, MatchOp, MetricType

_INF = float("inf")
_NOT_NEGATIVE = Bounds(0.0, _INF)
# Limits that people write as recording rules, which may be in a file that is not checked.
_SET_BY_PEOPLE = re.compile(r"threshold|(^|_)slo(_|$)|objective")
_SCRAPED = ("instance", "job")  # https://prometheus.io/docs/concepts/jobs_instances/
# Prometheus makes these itself (https://prometheus.io/docs/concepts/jobs_instances/ and the page of alerting rules).
_MADE_BY_PROMETHEUS: Mapping[str, Bounds] = {
    "up": Bounds(0.0, 1.0),
    "ALERTS": point(1.0),
    "scrape_samples_scraped": _NOT_NEGATIVE,
    "scrape_samples_post_metric_relabeling": _NOT_NEGATIVE,
    "scrape_series_added": _NOT_NEGATIVE,
    "scrape_duration_seconds": _NOT_NEGATIVE,
}
_COUNTED = frozenset({MetricType.COUNTER, MetricType.HISTOGRAM})
# Whether something answered: 0 or 1.
_ANSWERED = re.compile(r"probe_success|(mysql|pg|rabbitmq|mongodb|nginx|haproxy|phpfpm|memcached|consul)_up")
_NOT_NEGATIVE_NAME = re.compile(r".*_(total|count|bucket|up|info)|probe_success")
_UNIX_TIMES = (
    (re.compile(r".*_timestamp_seconds"), Bounds(0.0, 5e9)),
    (re.compile(r".*timestamp.*"), Bounds(0.0, 5e12)),  # in seconds or milliseconds
)
_PER_CORE = re.compile(r"node_cpu_seconds_total|windows_cpu_time_total|node_cpu_guest_seconds_total")
_PER_DEVICE = re.compile(r"node_disk_io_time_seconds_total")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What may be taken for granted about series.

    Attributes:
        customs: Whether names mean what they usually mean, and scraped series have ``job`` and ``instance``. What
            follows with customs is likely; what follows without them is certain.
        types: The types that exporters declare, by the name of the series.
        exported: The labels that exporters give, by the name of the series, as `exported_labels` finds them.
    """

    customs: bool = False
    types: Mapping[str, MetricType] = field(default_factory=dict)
    exported: Mapping[str, LabelSet] = field(default_factory=dict)


def value_bounds(name: str | None, assumed: Assumptions) -> Bounds:
    """The values that samples of a metric can have. A declared counter counts something, so it is finite."""
    made = _MADE_BY_PROMETHEUS.get(name or "")
    if made is not None:
        return made
    if name and assumed.types.get(name) in _COUNTED and not name.endswith("_sum"):
        return _NOT_NEGATIVE
    if not name or not assumed.customs:
        return ANY_VALUE
    if _ANSWERED.fullmatch(name):
        return Bounds(0.0, 1.0)
    if _NOT_NEGATIVE_NAME.fullmatch(name):
        return _NOT_NEGATIVE
    return next((bounds for pattern, bounds in _UNIX_TIMES if pattern.fullmatch(name)), Bounds())


def rate_bounds(name: str | None, assumed: Assumptions) -> Bounds | None:
    """The values of a rate, where a metric's name bounds it: a core is busy at most one second a second.

    A rate is extrapolated, so rounding can make it a little more.
    """
    if name is None or not assumed.customs:
        return None
    return Bounds(0.0, 1.0).averaged() if _PER_CORE.fullmatch(name) or _PER_DEVICE.fullmatch(name) else None


def scraped_labels(name: str | None, assumed: Assumptions) -> LabelSet:
    """The labels of a metric that no known rule records."""
    if not assumed.customs or name is None or ":" in name or name.startswith("ALERTS"):
        return ANY
    if name in assumed.exported:
        return assumed.exported[name].with_sure(_SCRAPED)
    return ANY if _SET_BY_PEOPLE.search(name) else ANY.with_sure(_SCRAPED)


def exported_labels(metrics: Iterable[ExportedMetric]) -> Mapping[str, LabelSet]:
    """The labels of scraped series, by metric, if exporters' labels are what they show.

    A label of other metrics is missing, unless labels of targets are usually called so. Every series has a label that
    all of the metric's series show.
    """
    pages: dict[str, list[ExportedMetric]] = defaultdict(list)
    for metric in metrics:
        pages[metric.name].append(metric)
    known = frozenset(label for listed in pages.values() for metric in listed for label in metric.labels)
    found: dict[str, LabelSet] = {}
    for name, listed in pages.items():
        if all(metric.series for metric in listed):  # else it has no series yet, or too many
            own = frozenset(label for metric in listed for label in metric.labels)
            series = [frozenset(label for label, _ in labels) for metric in listed for labels in metric.series]
            found[name] = LabelSet(None, known - own - TARGET_LABELS, frozenset.intersection(*series))
    return found


def selected_labels(selector: pp.VectorSelector, labels: LabelSet) -> tuple[LabelSet, LabelMatcher | None]:
    """The labels of the series that a selector takes.

    Args:
        selector: The selector.
        labels: The labels of the metric's series.

    Returns:
        The labels, and a matcher that no series satisfies, if there is one.
    """
    given = matchers(selector)
    for matcher in given:
        try:
            narrowed = _narrowed(labels, matcher)
        except LabelPatternError:
            continue
        if narrowed is None:
            return labels, matcher
        labels = narrowed
    return labels, None


def _narrowed(labels: LabelSet, matcher: LabelMatcher) -> LabelSet | None:
    """The labels of the series that a matcher accepts; None if it accepts none."""
    if FILLED in matcher.value:
        return labels  # the reader of a dashboard chooses the value
    absent = selects(matcher, {})
    if not labels.can_have(matcher.name):
        return labels if absent else None
    known = labels.values.get(matcher.name)
    wanted = _wanted(matcher) if known is None else known
    if wanted is not None:
        accepted = frozenset(value for value in wanted if selects(matcher, {matcher.name: value}))
        return labels.with_values(matcher.name, accepted) if accepted else None
    return labels if absent else labels.with_sure([matcher.name])


def _wanted(matcher: LabelMatcher) -> Sequence[str] | frozenset[str] | None:
    """All values that a matcher can accept; None if they cannot be listed."""
    if matcher.op is MatchOp.EQUAL:
        return (matcher.value,)
    return literals(matcher.value) if matcher.op is MatchOp.REGEX else None


def recorded_labels_added(labels: LabelSet, added: Mapping[str, str]) -> LabelSet:
    """The labels of a recorded series: those of the result, and those that the rule sets."""
    for name, value in added.items():
        labels = labels.with_values(name, (value,))
    return labels
