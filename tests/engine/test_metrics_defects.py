"""Each seeded defect of the stack's metrics is caught by the contract that is there for it."""

from pathlib import Path

import pytest

from tests.defects.metrics import ASKED, DEFECTS, breaches, unpromised
from tests.defects.patches import ROOT, Defect

STACK = ROOT / "stack"


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """A folder for a server's files."""
    folder = tmp_path / "storage"
    folder.mkdir()
    return folder


def found_by(claim: str, stack: Path, storage: Path) -> list[str]:
    """What a contract says is wrong."""
    return unpromised(stack) if claim == ASKED else list(breaches(stack, storage)[claim])


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_caught_by_its_contract(defect: Defect, tmp_path: Path, storage: Path) -> None:
    """On services broken on purpose, or with a file broken on purpose, the named contract says what is wrong."""
    assert found_by(defect.claim, defect.break_stack(tmp_path).parent, storage)


def test_the_sound_stack_keeps_every_contract(storage: Path) -> None:
    """The same contracts hold as it is, and each of them was seen to catch something."""
    found = {**breaches(STACK, storage), ASKED: unpromised(STACK)}
    assert found == {claim: [] for claim in {defect.claim for defect in DEFECTS}}
