"""A finding: something wrong in a file of rules, routes or dashboards."""

from dataclasses import dataclass
from enum import StrEnum

from stackproof.model import Location


class Severity(StrEnum):
    """How severe a finding is; only errors make the command fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, and what to do about it.

    Attributes:
        id: The check's stable id, such as ``promql/quantile-without-rate`` or ``routing/unreachable-route``.
        severity: How severe it is.
        where: File and line.
        message: What is wrong here.
        why: Why it matters.
        fix: How to fix it.
    """

    id: str
    severity: Severity
    where: Location
    message: str
    why: str
    fix: str
