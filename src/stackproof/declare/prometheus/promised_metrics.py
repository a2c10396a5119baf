"""Reads which metrics a stack promises.

A YAML file of ours: ``jobs`` has, by the name of each job of Prometheus, its ``metrics`` by name, each with ``type``,
``labels`` and ``unit``, and ``complete: true`` where it exports nothing else. Other keys, such as ``x-common``,
may hold what jobs have in common.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from stackproof.documents.lines import line_of, parse
from stackproof.documents.tree import read_text
from stackproof.model import DeclarationError, Location
from stackproof.model.alerting import MetricType
from stackproof.model.metrics import PromisedMetric, PromisedPage

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
    """Read what each job exports.

    Raises:
        DeclarationError: The file cannot be read, or does not say what it should; the error names the line.
    """
    document = parse(file, read_text(file))
    try:
        said = _File.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        where = Location(file, line_of(document, first["loc"]))
        raise DeclarationError(f"{place or 'the file'}: {first['msg']}", where=where, fix=_FIX) from None
    pages = []
    for job, page in said.jobs.items():
        lines = {name: line_of(document, ("jobs", job, "metrics", name)) for name in page.metrics}
        metrics = (_promised(name, metric, Location(file, lines[name])) for name, metric in page.metrics.items())
        pages.append(PromisedPage(job, tuple(metrics), page.complete))
    return tuple(pages)


def _promised(name: str, metric: _Metric, where: Location) -> PromisedMetric:
    """A metric whose name is what its type and unit ask for (https://prometheus.io/docs/practices/naming/)."""
    if metric.unit and not name.removesuffix(_TOTAL).endswith(f"_{metric.unit}"):
        raise DeclarationError(
            f"expected the name to end in its unit, _{metric.unit}, saw {name}", where=where, fix="mend name or unit"
        )
    return PromisedMetric(name, metric.type, metric.labels, where)
