"""Turns the report of amlint (https://github.com/danikdanik2013/amlint) into findings."""

from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from stackproof.alerts.finding import Confidence, Finding, Severity
from stackproof.model import Location

# Codes that neither our readers and checks nor amtool report, and that need no file but the configuration.
CODES = (
    *("stripped-brace", "circular-inhibition", "wait-exceeds-interval"),
    *("route-always-muted", "time-interval-never-active", "useless-continue", "deep-nesting"),
    *("deprecated-match", "deprecated-mute-time-intervals"),
)
"""The codes of amlint that become findings."""

_SEVERITIES = {"error": Severity.ERROR, "warn": Severity.WARNING, "info": Severity.INFO}
_CONFIDENCES = {
    Severity.ERROR: Confidence.CERTAIN,
    Severity.WARNING: Confidence.LIKELY,
    Severity.INFO: Confidence.ADVICE,
}


class _AmlintItem(BaseModel):
    line: int
    level: str
    code: str
    message: str


_REPORT = TypeAdapter(list[_AmlintItem])


def amlint_findings(text: str, file: Path) -> tuple[Finding, ...]:
    """Findings from the output of ``amlint check --format json``; none if it could not read the file.

    Args:
        text: The output.
        file: The file that it checked.
    """
    try:
        items = _REPORT.validate_json(text)
    except ValidationError:
        return ()
    return tuple(_finding(each, file) for each in items if each.code in CODES)


def _finding(item: _AmlintItem, file: Path) -> Finding:
    severity = _SEVERITIES.get(item.level, Severity.WARNING)
    return Finding(
        id="tools/amlint",
        severity=severity,
        confidence=_CONFIDENCES[severity],
        where=Location(file, item.line),
        message=f"{item.code}: {item.message}",
        why="amlint knows this pattern as one that rarely does what was intended.",
        fix=f"see https://danikdanik2013.github.io/amlint/checks/ for {item.code}",
    )
