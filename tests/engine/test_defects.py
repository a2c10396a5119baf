"""Each seeded defect of the shipped stack is caught by the claim that is there for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATCHES = sorted((ROOT / "tests" / "defects").glob("*.patch"))
_CAUGHT_BY = "Caught by: "
_BOUND_S = 600

pytestmark = pytest.mark.engine


def _claim(patch: Path) -> str:
    """The id of the test that must fail, from the patch's own words."""
    lines = patch.read_text(encoding="utf-8").splitlines()
    return next(line.removeprefix(_CAUGHT_BY) for line in lines if line.startswith(_CAUGHT_BY))


def _broken_stack(patch: Path, folder: Path) -> Path:
    shutil.copytree(ROOT / "stack", folder / "stack", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "apply", str(patch)], cwd=folder, check=True, timeout=60)
    return folder / "stack" / "compose.yaml"


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_a_seeded_defect_is_caught_by_its_claim(patch: Path, tmp_path: Path) -> None:
    """A harness that passes whatever happens is worthless: on a stack broken on purpose, the named claim fails."""
    claim = _claim(patch)
    stack = _broken_stack(patch, tmp_path)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            claim,
            "--stack",
            stack,
            "--reports",
            tmp_path / "reports",
            "-p",
            "no:cacheprovider",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_BOUND_S,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert f"FAILED {claim}" in run.stdout, run.stdout
