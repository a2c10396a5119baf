"""What amlint (https://github.com/danikdanik2013/amlint) says of Alertmanager's configuration, as findings."""

from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from stackproof.alerts.finding import Finding, Severity
from stackproof.model import Location

# What neither our readers and checks nor amtool say already, and what needs no files beside the configuration.
CODES = (
    *("bad-template", "template-unknown-field", "stripped-brace", "circular-inhibition", "wait-exceeds-interval"),
    *("route-always-muted", "time-interval-never-active", "useless-continue", "deep-nesting"),
    *("deprecated-match", "deprecated-mute-time-intervals"),
)
"""The codes of amlint that are told."""

_SEVERITIES = {"error": Severity.ERROR, "warn": Severity.WARNING, "info": Severity.INFO}


class _Said(BaseModel):
    line: int
    level: str
    code: str
    message: str


_ALL = TypeAdapter(list[_Said])


def of_amlint(text: str, file: Path) -> tuple[Finding, ...]:
    """Findings from what ``amlint check --format json`` prints; none where it could not read the file.

    Args:
        text: What it printed.
        file: The file that it was asked about.
    """
    try:
        said = _ALL.validate_json(text)
    except ValidationError:
        return ()
    return tuple(
        Finding(
            id="tools/amlint",
            severity=_SEVERITIES.get(each.level, Severity.WARNING),
            where=Location(file, each.line),
            message=f"{each.code}: {each.message}",
            why="amlint knows it for what seldom does what was meant.",
            fix=f"see https://danikdanik2013.github.io/amlint/checks/ for {each.code}",
        )
        for each in said
        if each.code in CODES
    )
