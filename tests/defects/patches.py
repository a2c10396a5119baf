"""The seeded defects: patches that break the shipped stack on purpose, each with the claim that must catch it."""

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
    """A seeded defect.

    Attributes:
        patch: The file: one sentence about the defect, a line that names the claim, and the diff.
    """

    patch: Path

    @property
    def name(self) -> str:
        """Its name."""
        return self.patch.stem

    @property
    def claim(self) -> str:
        """The claim that must fail, as named in the patch."""
        lines = self.patch.read_text(encoding="utf-8").splitlines()
        return next(line.removeprefix(_CAUGHT_BY) for line in lines if line.startswith(_CAUGHT_BY))

    def break_stack(self, folder: Path) -> Path:
        """Break a copy of the stack in this folder; returns its compose file."""
        return break_stack(folder, self)


def break_stack(folder: Path, *defects: Defect) -> Path:
    """Break a copy of the stack in this folder, in several ways; returns its compose file."""
    shutil.copytree(ROOT / "stack", folder / "stack", ignore=shutil.ignore_patterns("__pycache__"))
    for defect in defects:
        subprocess.run(["git", "apply", str(defect.patch)], cwd=folder, check=True, timeout=60)
    return folder / "stack" / "compose.yaml"


def broken(defect: Defect | None, folder: Path) -> Path:
    """Copy the stack into this folder, and break it if there is a defect; returns the folder."""
    break_stack(folder, *((defect,) if defect else ()))
    return folder


@contextmanager
def running(
    code: Path, parts: Sequence[str], script: str, *arguments: str, log: Path | None = None
) -> Iterator[list[str]]:
    """Run a script with parts of the stack's code in its own process, while the block runs.

    Args:
        code: The folder with the parts.
        parts: Folders that the script imports from.
        script: Python code that prints one line when it is ready.
        arguments: Arguments of the script.
        log: File for its standard error; discarded if None.

    Returns:
        The words of that line.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(code / part) for part in parts)}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    with (
        (log or Path(os.devnull)).open("wb") as errors,
        subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        try:
            assert process.stdout
            yield process.stdout.readline().split()
        finally:
            process.kill()


DEFECTS = {path.stem: Defect(path) for path in sorted(Path(__file__).parent.glob("*.patch"))}
"""All of them by name."""


def prove(claim: str, stack: Path, folder: Path, *options: str, within_s: float) -> subprocess.CompletedProcess[str]:
    """Check a claim on a stack, in a separate pytest process that stops at the first failure.

    Args:
        claim: A test id, or a file of tests.
        stack: The stack's compose file.
        folder: Folder for the run's reports.
        options: More options for pytest.
        within_s: Bound on a hang, in seconds.
    """
    pytest = [sys.executable, "-m", "pytest", "--exitfirst", "-p", "no:cacheprovider"]
    command = [*pytest, claim, "--stack", str(stack), "--reports", str(folder / "reports"), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=within_s, check=False)
