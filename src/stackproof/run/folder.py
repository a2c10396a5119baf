"""The folder of one run, and which runs are still alive."""

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from stackproof.model import HistoryError

_KEPT_RUNS = 30
_LOCK = "alive.lock"
_KEPT = "kept-by-hand"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of everything that one run leaves.

    Attributes:
        run: The run's id, ``SUITE-YYYYMMDD-HHMMSS-xxxx`` in UTC: unique, sorts by time within a suite, and is fit for
            names of containers.
        path: The folder.
    """

    run: str
    path: Path

    @property
    def allure_results(self) -> Path:
        """Where allure-pytest puts its results."""
        return self.path / "allure-results"

    @property
    def journal(self) -> Path:
        """The undo journal of faults."""
        return self.path / "journal.jsonl"

    def alive(self) -> FileLock:
        """The lock that the run's own process holds as long as it lives."""
        return FileLock(self.path / _LOCK, timeout=0, thread_local=False)

    def keep(self) -> None:
        """Mark the run's stack as one that goes on running after this process, until a person takes it down."""
        (self.path / _KEPT).touch()


def create_folder(reports: Path, suite: str) -> RunFolder:
    """Create the folder of a new run, and remove the oldest ones.

    Raises:
        HistoryError: The disk refuses it.
    """
    run = f"{suite}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    path = reports.resolve() / "runs" / run
    try:
        path.mkdir(parents=True)
    except OSError as error:
        raise HistoryError(
            f"expected to create a folder for the run, but: {error.strerror}",
            where=str(path),
            fix="free space on that disk, or give another folder with --reports",
        ) from None
    _remove_oldest(path.parent)
    return RunFolder(run, path)


def _remove_oldest(runs: Path) -> None:
    by_age = sorted((folder for folder in runs.iterdir() if folder.is_dir()), key=lambda each: each.stat().st_mtime)
    for folder in by_age[:-_KEPT_RUNS]:
        if is_dead(folder):
            shutil.rmtree(folder, ignore_errors=True)


def is_kept(folder: Path) -> bool:
    """True where a person asked to keep the run's stack."""
    return (folder / _KEPT).exists()


def is_dead(folder: Path) -> bool:
    """True where no process of the run lives and nobody asked to keep its stack."""
    if is_kept(folder) or not (folder / _LOCK).exists():
        return False
    try:
        with FileLock(folder / _LOCK, timeout=0):
            return True
    except Timeout:
        return False


def latest_of_each_suite(reports: Path) -> tuple[Path, ...]:
    """The newest run's folder of each suite, by the suite's name."""
    newest: dict[str, Path] = {}
    for folder in sorted((reports / "runs").glob("*-*-*-*")):
        newest[folder.name.rsplit("-", 3)[0]] = folder
    return tuple(newest[suite] for suite in sorted(newest))
