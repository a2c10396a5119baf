"""The metric families of an exposition, and those that a stack promises.

The terms are those of https://prometheus.io/docs/instrumenting/exposition_formats/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from stackproof.model.errors import Location
from stackproof.model.monitoring import MetricType


@dataclass(frozen=True, slots=True)
class Series:
    """The name and labels of one line of an exposition.

    Attributes:
        name: The name, with ``_bucket``, ``_total`` and so on.
        labels: Names and values.
    """

    name: str
    labels: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, name: str, **labels: str) -> Self:
        """The series of this name with these labels."""
        return cls(name, frozenset(labels.items()))

    def __str__(self) -> str:
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(self.labels))
        return f"{self.name}{{{labels}}}" if labels else self.name


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """The series of one metric.

    Attributes:
        name: The name after ``# TYPE``.
        type: Its type.
        help: The text after ``# HELP``; "" if there is none.
        values: The value of each series.
    """

    name: str
    type: MetricType
    help: str
    values: Mapping[Series, float]


@dataclass(frozen=True, slots=True)
class PromisedMetric:
    """A metric that an exporter promises.

    Attributes:
        name: The name after ``# TYPE``.
        type: Its type.
        labels: Names of the labels of each of its series, without those that its type adds (``le``).
        where: Where it is promised.
    """

    name: str
    type: MetricType
    labels: frozenset[str]
    where: Location


@dataclass(frozen=True, slots=True)
class PromisedPage:
    """The metrics that a job of Prometheus promises to export.

    Attributes:
        job: Its name.
        metrics: The promised metrics.
        complete: True if it exports nothing else.
    """

    job: str
    metrics: tuple[PromisedMetric, ...]
    complete: bool
