"""The seeded defects: patches that break the shipped stack on purpose, each with the claim that catches it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CAUGHT_BY = "Caught by: "


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect.

    Attributes:
        patch: The file: a sentence that tells the defect, a line that names the claim, and the diff.
    """

    patch: Path

    @property
    def name(self) -> str:
        """Its name."""
        return self.patch.stem

    @property
    def claim(self) -> str:
        """Id of the test that must fail, from the patch's own words."""
        lines = self.patch.read_text(encoding="utf-8").splitlines()
        return next(line.removeprefix(_CAUGHT_BY) for line in lines if line.startswith(_CAUGHT_BY))

    def break_stack(self, folder: Path) -> Path:
        """Copy the stack into a folder and break it there; its compose file."""
        return break_stack(folder, self)


def break_stack(folder: Path, *defects: Defect) -> Path:
    """Copy the stack into a folder and break it there in several ways; its compose file."""
    shutil.copytree(ROOT / "stack", folder / "stack", ignore=shutil.ignore_patterns("__pycache__"))
    for defect in defects:
        subprocess.run(["git", "apply", str(defect.patch)], cwd=folder, check=True, timeout=60)
    return folder / "stack" / "compose.yaml"


def broken(defect: Defect | None, folder: Path) -> Path:
    """Copy the stack into a folder, and break it there unless it is to be sound; the folder."""
    break_stack(folder, *((defect,) if defect else ()))
    return folder


@contextmanager
def running(
    code: Path, parts: Sequence[str], script: str, *arguments: str, log: Path | None = None
) -> Iterator[list[str]]:
    """Run a script with these parts of a stack's code in a process of its own, as the block runs.

    Args:
        code: Folder in which the parts are.
        parts: What the script imports from.
        script: Python; it prints one line once it is ready, and ends when it is asked to.
        arguments: The script's.
        log: Takes what it complains of; nobody where None.

    Returns:
        The words of its line.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(code / part) for part in parts)}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    with (
        (log or Path(os.devnull)).open("wb") as complaints,
        subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=complaints) as process,
    ):
        try:
            assert process.stdout
            yield process.stdout.readline().split()
        finally:
            process.kill()


DEFECTS = {path.stem: Defect(path) for path in sorted(Path(__file__).parent.glob("*.patch"))}
"""All of them by name."""


def prove(claim: str, stack: Path, folder: Path, *options: str, within_s: float) -> subprocess.CompletedProcess[str]:
    """Try a claim on a stack, in a pytest of its own that stops at the first failure.

    Args:
        claim: Id of a test, or of several.
        stack: The stack's compose file.
        folder: Where the run's reports go.
        options: More of pytest's options.
        within_s: Only bounds a hang, in seconds.
    """
    pytest = [sys.executable, "-m", "pytest", "--exitfirst", "-p", "no:cacheprovider"]
    command = [*pytest, claim, "--stack", str(stack), "--reports", str(folder / "reports"), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=within_s, check=False)
