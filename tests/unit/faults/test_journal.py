import os
from pathlib import Path

import pytest

from stackproof.faults.journal import Journal
from stackproof.model import FaultError, FaultSpec

LATE = FaultSpec("latency", "net/api:80", {"latency_ms": "5"})
DOWN = FaultSpec("down", "net/api:80")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The journal's file."""
    return tmp_path / "journal.jsonl"


def test_faults_that_are_not_healed_are_listed_latest_first(file: Path) -> None:
    """Another process reads what to heal, in the order to heal it."""
    journal = Journal(file)
    first = journal.begin(LATE)
    second = journal.begin(DOWN)
    assert Journal(file).unhealed() == (second, first)
    journal.healed(second)
    assert Journal(file).unhealed() == (first,)


def test_no_journal_means_nothing_to_heal(file: Path) -> None:
    """A run without faults has nothing to undo."""
    assert Journal(file).unhealed() == ()


def test_an_entry_is_on_disk_when_begin_returns(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry is synchronized to the disk, and so is the name of its file."""
    synchronized: list[str] = []
    fsync = os.fsync

    def noting_fsync(descriptor: int) -> None:
        synchronized.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    Journal(file).begin(LATE)
    assert synchronized == [str(file), str(file.parent)]


@pytest.mark.parametrize("kept_bytes", range(1, 66, 8))
def test_a_torn_last_line_hides_nothing_before_and_nothing_after_it(file: Path, kept_bytes: int) -> None:
    """A power cut in the middle of an entry loses only that entry, and the next one is complete again."""
    journal = Journal(file)
    first = journal.begin(LATE)
    whole = file.read_bytes()
    journal.begin(DOWN)
    file.write_bytes(whole + file.read_bytes()[len(whole) :][:kept_bytes])
    assert journal.unhealed() == (first,)
    second = journal.begin(FaultSpec("freeze", "api"))
    assert journal.unhealed() == (second, first)


def test_a_kind_is_held_once_on_a_target(file: Path) -> None:
    """A second fault of the kind on the target is refused: healing one would heal the other."""
    journal = Journal(file)
    undo = journal.begin(LATE)
    with pytest.raises(FaultError, match="'latency net/api:80 latency_ms=5' is already held there"):
        journal.begin(FaultSpec("latency", "net/api:80", {"latency_ms": "900"}))
    journal.healed(undo)
    journal.begin(LATE)


def test_a_journal_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The error names the entry and the file."""
    with pytest.raises(FaultError, match=r"missing/journal.jsonl: expected to write 'inject down net/api:80'"):
        Journal(tmp_path / "missing" / "journal.jsonl").begin(DOWN)


def test_a_journal_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """It is not taken for an empty one."""
    with pytest.raises(FaultError, match="expected to read the undo journal"):
        Journal(tmp_path).unhealed()
