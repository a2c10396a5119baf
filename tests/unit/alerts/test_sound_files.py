"""Sound configurations, written as people publish theirs, give no errors."""

from pathlib import Path

import pytest

from tests.unit.alerts.whole_files import ALERTING, findings

SOUND = sorted(folder for folder in (ALERTING / "sound").iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", SOUND, ids=lambda folder: folder.name)
def test_sound_files_give_no_error(folder: Path) -> None:
    """Files that work are not called wrong."""
    assert [(each.id, str(each.where), each.message) for each in findings(folder) if each.severity == "error"] == []


@pytest.mark.parametrize("name", ["compose-at-home", "teams-and-pagers"])
def test_sound_routes_give_no_warning_either(name: str) -> None:
    """An intended setting is not called strange."""
    odd = [(each.id, str(each.where), each.message) for each in findings(ALERTING / "sound" / name)]
    assert [each for each in odd if each[0].startswith(("routing", "inhibition", "receivers", "templates"))] == []
