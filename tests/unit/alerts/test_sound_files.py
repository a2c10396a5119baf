"""Sound configurations, in the ways in which people set up their monitoring in public, give no errors."""

from pathlib import Path

import pytest

from tests.unit.alerts.whole_files import ALERTING, findings

SOUND = sorted(folder for folder in (ALERTING / "sound").iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", SOUND, ids=lambda folder: folder.name)
def test_sound_files_give_no_error(folder: Path) -> None:
    """Whoever checks files that work is not told otherwise."""
    assert [(each.id, str(each.where), each.message) for each in findings(folder) if each.severity == "error"] == []


@pytest.mark.parametrize("name", ["compose-at-home", "teams-and-pagers"])
def test_sound_routes_give_no_warning_either(name: str) -> None:
    """What is done on purpose is not called odd."""
    odd = [(each.id, str(each.where), each.message) for each in findings(ALERTING / "sound" / name)]
    assert [each for each in odd if each[0].startswith(("routing", "inhibition", "receivers", "templates"))] == []
