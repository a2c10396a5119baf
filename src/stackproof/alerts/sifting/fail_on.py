"""The level from which a finding fails a check."""

from collections.abc import Iterable
from enum import StrEnum

from stackproof.alerts.finding import Confidence, Finding, Severity


class FailOn(StrEnum):
    """A severity, or a confidence whatever the severity; a finding at or above it fails the check."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    CERTAIN = "certain"
    LIKELY = "likely"
    ADVICE = "advice"
    NEVER = "never"

    def is_met(self, findings: Iterable[Finding]) -> bool:
        """Whether a finding is at or above this level."""
        failing = _up_to(self, Severity) | _up_to(self, Confidence)
        return any(finding.severity.value in failing or finding.confidence.value in failing for finding in findings)


def _up_to(level: FailOn, scale: type[Severity | Confidence]) -> frozenset[str]:
    """The values of a scale down to a level, the strongest of which stands first; none if the level is not on it."""
    values = [each.value for each in scale]
    return frozenset(values[: values.index(level.value) + 1] if level.value in values else ())
