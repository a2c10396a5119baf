"""Sound configurations, among them many that look like defects, give no errors and no warnings."""

from pathlib import Path

import pytest

from stackproof.alerts.finding import Severity
from tests.unit.alerts.whole_files import ALERTING, findings

SOUND = sorted(folder for folder in (ALERTING / "sound").iterdir() if folder.is_dir())
# Of our own making; 60 are the least that says something about all kinds of checks.
_LEAST_RULES = 60


@pytest.mark.parametrize("folder", SOUND, ids=lambda folder: folder.name)
def test_sound_files_give_no_error_and_no_warning(folder: Path) -> None:
    """Files that work are not called wrong, and an intended setting is not called strange."""
    odd = [each for each in findings(folder) if each.severity in {Severity.ERROR, Severity.WARNING}]
    assert [(each.id, str(each.where.file.name), each.where.line, each.message) for each in odd] == []


def test_there_are_sound_rules_of_many_kinds() -> None:
    """The claim above is about more than a few rules."""
    files = [file for folder in SOUND for file in folder.rglob("rules*/*.y*ml")] + [
        file for folder in SOUND for file in folder.glob("rules*.y*ml")
    ]
    rules = [line for file in files for line in file.read_text("utf-8").splitlines() if _starts_a_rule(line)]
    assert len(rules) >= _LEAST_RULES


def _starts_a_rule(line: str) -> bool:
    return line.strip().startswith(("- alert:", "- record:"))
