"""Each seeded defect of the socket server is caught by the property of its contract that its patch names."""

from pathlib import Path

import pytest

from stackproof.protocols.mime.contract import PROPERTIES, Contract, ContractProperty
from tests.defects.patches import ROOT, Defect, broken
from tests.defects.protocol import DEFECTS, served

SEED = 3
FRAMES = 4000
UNBROKEN_FRAMES = 300
DEADLINE_S = 1.0  # soon enough to notice a hang; the unbroken server gets more time
SHRINK_S = 1.0
BY_ID = {each.id: each for each in PROPERTIES}


def outside(folder: Path) -> set[Path]:
    """Everything in a folder outside its storage."""
    return {path for path in folder.rglob("*") if folder / "storage" not in path.parents}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_caught_by_its_property(defect: Defect, tmp_path: Path) -> None:
    """With a server broken on purpose, the named property fails, and shows the bytes and a test that reproduces it."""
    storage = tmp_path / "storage"
    storage.mkdir()
    with served(broken(defect, tmp_path / "code"), storage) as target:
        contract = Contract(target, SEED, FRAMES, deadline_s=DEADLINE_S, shrink_s=SHRINK_S)
        (result,) = contract.check([BY_ID[defect.claim]])
    assert result.why, f"{defect.name} was not caught by {result.cases} {result.unit}"
    assert f'assert play("{target}", script) == ""' in result.explanation, result.explanation


@pytest.mark.parametrize("each", PROPERTIES, ids=lambda each: each.id)
def test_the_unbroken_server_keeps_its_contract(each: ContractProperty, tmp_path: Path) -> None:
    """The same properties hold on the server as it is, and nothing but its storage folder is touched."""
    storage = tmp_path / "storage"
    storage.mkdir()
    before = outside(tmp_path)
    with served(ROOT, storage) as target:
        (result,) = Contract(target, SEED, UNBROKEN_FRAMES).check([each])
    assert not result.why, result.explanation
    assert outside(tmp_path) == before
    assert {path.name[:9] for path in storage.iterdir()} <= {"received_", ".incoming"}
    assert not list((storage / ".incoming").iterdir())
