"""What amlint says becomes findings; what it cannot say breaks nothing."""

from pathlib import Path

import pytest

from stackproof.alerts.amlint import of_amlint
from stackproof.alerts.finding import Severity

SAID = """[{"file": "am.yml", "line": 13, "column": 7, "level": "warn", "code": "stripped-brace",
"message": "The value ends in a brace.", "where": "route.routes[1]"}]"""


def test_each_of_its_findings_has_line_and_severity() -> None:
    """The file is the one that was asked about, by the name that the person gave."""
    (finding,) = of_amlint(SAID, Path("mine/alertmanager.yml"))
    assert (finding.id, finding.severity, str(finding.where)) == (
        "tools/amlint",
        Severity.WARNING,
        "mine/alertmanager.yml:13",
    )
    assert finding.message == "stripped-brace: The value ends in a brace."


@pytest.mark.parametrize("text", ["", "Failed to parse YAML", "{}", "[]", '[{"line": "x"}]'])
def test_what_is_no_answer_gives_no_finding(text: str) -> None:
    """Our own reading of the file says what is wrong with it."""
    assert of_amlint(text, Path("am.yml")) == ()
