"""Turns the report of amlint (https://github.com/danikdanik2013/amlint) into findings."""

from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from stackproof.alerts.finding import Finding, Severity
from stackproof.model import Location

# Codes that neither our readers and checks nor amtool report, and that need no file but the configuration.
CODES = (
    *("bad-template", "template-unknown-field", "stripped-brace", "circular-inhibition", "wait-exceeds-interval"),
    *("route-always-muted", "time-interval-never-active", "useless-continue", "deep-nesting"),
    *("deprecated-match", "deprecated-mute-time-intervals"),
)
"""The codes of amlint that become findings."""

_SEVERITIES = {"error": Severity.ERROR, "warn": Severity.WARNING, "info": Severity.INFO}


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
    return tuple(
        Finding(
            id="tools/amlint",
            severity=_SEVERITIES.get(each.level, Severity.WARNING),
            where=Location(file, each.line),
            message=f"{each.code}: {each.message}",
            why="amlint knows this pattern as one that rarely does what was intended.",
            fix=f"see https://danikdanik2013.github.io/amlint/checks/ for {each.code}",
        )
        for each in items
        if each.code in CODES
    )
