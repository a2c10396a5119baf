"""amlint's report becomes findings; a report that cannot be read breaks nothing."""

from pathlib import Path

import pytest

from stackproof.alerts.amlint import amlint_findings
from stackproof.alerts.finding import Severity

SAID = """[{"file": "am.yml", "line": 13, "column": 7, "level": "warn", "code": "stripped-brace",
"message": "The value ends in a brace.", "where": "route.routes[1]"}]"""


def test_each_finding_has_its_line_and_severity() -> None:
    """The file has the name that the user gave."""
    (finding,) = amlint_findings(SAID, Path("mine/alertmanager.yml"))
    assert (finding.id, finding.severity, str(finding.where)) == (
        "tools/amlint",
        Severity.WARNING,
        "mine/alertmanager.yml:13",
    )
    assert finding.message == "stripped-brace: The value ends in a brace."


@pytest.mark.parametrize("text", ["", "Failed to parse YAML", "{}", "[]", '[{"line": "x"}]'])
def test_an_unreadable_report_gives_no_finding(text: str) -> None:
    """Our own reader reports what is wrong with the file."""
    assert amlint_findings(text, Path("am.yml")) == ()
