"""Parses an exposition: the text that an exporter serves at ``/metrics``.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/, by the official parsers.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as text_format

from stackproof.documents.text_files import read_text
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind
from stackproof.model.metric_families import MetricFamily, Series
from stackproof.model.monitoring import ExportedMetric, MetricType

_END = "# EOF"  # ends an OpenMetrics exposition; only a comment in the older format
_TOTAL = "_total"
_MAX_SERIES = 10_000
_COUNTER = re.compile(r"^# TYPE \"?([^\s\"]+)\"? counter", re.MULTILINE)
_SUFFIXES = {
    MetricType.COUNTER: ("_total",),
    MetricType.HISTOGRAM: ("_bucket", "_sum", "_count"),
    MetricType.SUMMARY: ("", "_sum", "_count"),
}


def read_exposition(file: Path) -> tuple[ExportedMetric, ...]:
    """Read an exposition from a file.

    Raises:
        FileProblemError: It cannot be read, or is not an exposition.
    """
    return metrics_of(read_text(file), Location(file))


def metrics_of(text: str, where: Location) -> tuple[ExportedMetric, ...]:
    """The metrics of an exposition, with their types and label names.

    Args:
        text: The exposition.
        where: Where it comes from.

    Raises:
        FileProblemError: It is not an exposition, or has no metric.
    """
    families, as_written = _parsed(text, where)
    found: dict[tuple[str, MetricType], set[frozenset[tuple[str, str]]]] = defaultdict(set)
    for family in families:
        for name, labels in _series(family):
            shown = [frozenset(labels.items())] if family.samples else []
            found[as_written(name), _type(family)].update(shown)
    return tuple(_exported(name, kind, series) for (name, kind), series in found.items())


def _exported(name: str, kind: MetricType, series: set[frozenset[tuple[str, str]]]) -> ExportedMetric:
    names = frozenset(label for labels in series for label, _ in labels)
    return ExportedMetric(name, kind, names, frozenset(series if len(series) <= _MAX_SERIES else ()))


def families_of(text: str, where: Location) -> tuple[MetricFamily, ...]:
    """The metric families of an exposition, with help texts, series and values.

    Args:
        text: The exposition.
        where: Where it comes from.

    Raises:
        FileProblemError: It is not an exposition, or has no metric.
    """
    families, as_written = _parsed(text, where)
    return tuple(_family(family, as_written) for family in families)


def _parsed(text: str, where: Location) -> tuple[Sequence[Metric], Callable[[str], str]]:
    """The families from the official parser, and a function that gives a series the name that its exporter used."""
    parse = open_metrics if text.rstrip().endswith(_END) else text_format
    try:
        families = list(parse(text))
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise _not_an_exposition(where, f"is not a metrics exposition: {str(error) or 'a broken line'}") from None
    if not families:
        raise _not_an_exposition(where, "has no metrics")
    unsuffixed = frozenset(_COUNTER.findall(text)) if parse is text_format else frozenset()
    return families, partial(_as_written, counters=unsuffixed)


def _family(family: Metric, as_written: Callable[[str], str]) -> MetricFamily:
    kind = _type(family)
    name = f"{family.name}{_TOTAL}" if kind is MetricType.COUNTER else family.name
    values = {Series(as_written(each.name), frozenset(each.labels.items())): each.value for each in family.samples}
    return MetricFamily(as_written(name), kind, family.documentation, values)


def _as_written(name: str, counters: frozenset[str]) -> str:
    """Undo that the parser appends ``_total`` to every counter, as OpenMetrics does, even if the exporter does not."""
    short = name.removesuffix(_TOTAL)
    return short if short in counters and name not in counters else name


def _not_an_exposition(where: Location, message: str) -> FileProblemError:
    fix = "give the text that an exporter serves at /metrics: `# TYPE up gauge`, `up 1` and so on"
    return FileProblemError(FileProblem(ProblemKind.INVALID, where, message, fix))


def _series(family: Metric) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Names of series with their labels; for a family without series yet, the names that they will have."""
    for sample in family.samples:
        yield sample.name, sample.labels
    if not family.samples:
        for suffix in _SUFFIXES.get(_type(family), ("",)):
            yield f"{family.name}{suffix}", {}


def _type(family: Metric) -> MetricType:
    try:
        return MetricType(family.type)
    except ValueError:
        return MetricType.UNTYPED  # OpenMetrics' own: info, stateset, gaugehistogram, unknown
