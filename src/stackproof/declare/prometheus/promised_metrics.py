"""Reads the metrics that a stack promises.

The format is our own: ``jobs`` maps each job of Prometheus to its ``metrics``, and these by name to ``type``,
``labels`` and ``unit``. ``complete: true`` says that the job exports nothing else. Other keys, such as ``x-common``,
may hold what jobs have in common.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from stackproof.documents.text_files import read_text
from stackproof.documents.validation import invalid_document
from stackproof.documents.yaml_lines import line_of, parse
from stackproof.model import DeclarationError, Location
from stackproof.model.metric_families import PromisedMetric, PromisedPage
from stackproof.model.monitoring import MetricType

_TOTAL = "_total"
_FIX = "write jobs: {JOB: {metrics: {NAME: {type: counter, labels: [status], unit: bytes}}}}"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Metric(_Part):
    type: MetricType
    labels: frozenset[str] = frozenset()
    unit: str = ""


class _Job(_Part):
    metrics: dict[str, _Metric]
    complete: bool = False


class _File(_Part):
    model_config = ConfigDict(extra="ignore", frozen=True)

    jobs: dict[str, _Job]


def read_promised_metrics(file: Path) -> tuple[PromisedPage, ...]:
    """Read the promised metrics of each job.

    Raises:
        DeclarationError: The file cannot be read or is invalid; the error names the line.
    """
    document = parse(file, read_text(file))
    try:
        content = _File.model_validate(document)
    except ValidationError as error:
        raise invalid_document(error, file, document, _FIX) from None
    pages = []
    for job, page in content.jobs.items():
        lines = {name: line_of(document, ("jobs", job, "metrics", name)) for name in page.metrics}
        metrics = (_promised(name, metric, Location(file, lines[name])) for name, metric in page.metrics.items())
        pages.append(PromisedPage(job, tuple(metrics), page.complete))
    return tuple(pages)


def _promised(name: str, metric: _Metric, where: Location) -> PromisedMetric:
    """A metric, after a check that its name ends in its unit (https://prometheus.io/docs/practices/naming/)."""
    if metric.unit and not name.removesuffix(_TOTAL).endswith(f"_{metric.unit}"):
        raise DeclarationError(
            f"expected the name to end in its unit, _{metric.unit}, saw {name}", where=where, fix="correct name or unit"
        )
    return PromisedMetric(name, metric.type, metric.labels, where)
