"""Files of rules for tests of what counts."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from stackproof.alerts.file_check import FilesToCheck, ToolUse
from stackproof.alerts.finding import Confidence, Finding, Severity
from stackproof.alerts.sifting.baseline import Baseline
from stackproof.alerts.sifting.sift import CheckResult, checked
from stackproof.model import Location

NEVER = "expr: count(x) < 1, for: 1m, labels: {severity: page}, annotations: {summary: a}"
"""The rest of an alert in which ``rules/never-fires`` finds a mistake, and no other check does."""
SOUND = "expr: up == 0, for: 1m, labels: {severity: page}, annotations: {summary: a}"
"""The rest of an alert in which nothing is wrong."""
CHECK_ID = "rules/never-fires"


def rules(folder: Path, text: str, name: str = "rules.yaml") -> Path:
    """A file of one group whose rules begin on line 4; ``{sound}`` stands for the rest of an alert."""
    file = folder / name
    body = textwrap.indent(textwrap.dedent(text).strip("\n"), "  ")
    body = body.replace("{sound}", SOUND)
    file.write_text(f"groups:\n- name: g\n  rules:\n{body}\n", encoding="utf-8")
    return file


def check(*files: Path, prometheus: Path | None = None, baseline: Baseline | None = None) -> CheckResult:
    """What is wrong with rules, and with those that a configuration names."""
    return checked(FilesToCheck(rules=tuple(map(str, files)), prometheus=prometheus), ToolUse.SKIP, baseline)


def places(findings: Sequence[Finding]) -> list[tuple[int | None, str]]:
    """Line and id of each finding."""
    return [(each.where.line, each.id) for each in findings]


def hidden(result: CheckResult) -> list[tuple[int | None, str]]:
    """Line and id of each hidden finding, by line."""
    return sorted(places([each.finding for each in result.hidden]), key=str)


def finding(message: str, file: str = "rules.yaml", line: int = 1, check_id: str = CHECK_ID) -> Finding:
    """A finding."""
    return Finding(check_id, Severity.WARNING, Confidence.LIKELY, Location(Path(file), line), message, "why", "fix")
