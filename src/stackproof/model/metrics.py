"""What an exposition of metrics says, and what one is promised to say.

The words are those of https://prometheus.io/docs/instrumenting/exposition_formats/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from stackproof.model.alerting import MetricType
from stackproof.model.errors import Location


@dataclass(frozen=True, slots=True)
class Series:
    """One line of an exposition, but for its value.

    Attributes:
        name: With `_bucket`, `_total` and so on.
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
        name: As after ``# TYPE``.
        type: Its type.
        help: What stands after ``# HELP``; "" where nothing does.
        values: Each series with its value.
    """

    name: str
    type: MetricType
    help: str
    values: Mapping[Series, float]


@dataclass(frozen=True, slots=True)
class PromisedMetric:
    """A metric that an exporter promises.

    Attributes:
        name: As after ``# TYPE``.
        type: Its type.
        labels: Names of the labels that each of its series has, without those that its type brings (``le``).
        where: The place of the promise.
    """

    name: str
    type: MetricType
    labels: frozenset[str]
    where: Location


@dataclass(frozen=True, slots=True)
class PromisedPage:
    """What a job of Prometheus promises to export.

    Attributes:
        job: Its name.
        metrics: All that is promised.
        complete: True where it exports nothing else.
    """

    job: str
    metrics: tuple[PromisedMetric, ...]
    complete: bool
