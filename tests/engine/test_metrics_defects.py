"""Each seeded defect of the stack's metrics is caught by the contract that its patch names."""

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
    """The violations of a contract."""
    return unpromised(stack) if claim == ASKED else list(breaches(stack, storage)[claim])


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_caught_by_its_contract(defect: Defect, tmp_path: Path, storage: Path) -> None:
    """With services or files broken on purpose, the named contract reports a violation."""
    assert found_by(defect.claim, defect.break_stack(tmp_path).parent, storage)


def test_the_unbroken_stack_keeps_every_contract(storage: Path) -> None:
    """The same contracts hold for the stack as it is, and each of them catches at least one defect."""
    found = {**breaches(STACK, storage), ASKED: unpromised(STACK)}
    assert found == {claim: [] for claim in {defect.claim for defect in DEFECTS}}
