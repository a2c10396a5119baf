"""A finding: something wrong in a file of rules, routes or dashboards."""

from dataclasses import dataclass
from enum import StrEnum

from stackproof.model import Location


class Severity(StrEnum):
    """How severe a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(StrEnum):
    """How sure it is that a finding is a mistake."""

    CERTAIN = "certain"
    """It follows from the checked files alone."""
    LIKELY = "likely"
    """It follows from names and customs, such as a unit in a metric's name; somebody should look."""
    ADVICE = "advice"
    """The files work as they are; another way is better."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, and what to do about it.

    Attributes:
        id: The check's stable id, such as ``promql/quantile-without-rate`` or ``routing/unreachable-route``.
        severity: How severe it is.
        confidence: How sure it is. An error is always certain.
        where: File and line.
        message: What is wrong here.
        why: Why it matters.
        fix: How to fix it.

    Raises:
        ValueError: An error that is not certain.
    """

    id: str
    severity: Severity
    confidence: Confidence
    where: Location
    message: str
    why: str
    fix: str

    def __post_init__(self) -> None:
        if self.severity is Severity.ERROR and self.confidence is not Confidence.CERTAIN:
            raise ValueError(f"{self.id}: expected an error to be certain, saw {self.confidence.value}")
