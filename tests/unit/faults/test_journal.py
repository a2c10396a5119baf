import os
from pathlib import Path

import pytest

from stackproof.faults.journal import Journal
from stackproof.model import FaultError, FaultSpec

LATE = FaultSpec("latency", "net/api:80", {"latency_ms": "5"})
DOWN = FaultSpec("down", "net/api:80")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal.jsonl"


def test_what_was_begun_and_not_healed_is_listed_latest_first(file: Path) -> None:
    """Another process sees what is to be undone, in the order to undo it."""
    journal = Journal(file)
    first = journal.begin(LATE)
    second = journal.begin(DOWN)
    assert Journal(file).unhealed() == (second, first)
    journal.healed(second)
    assert Journal(file).unhealed() == (first,)


def test_no_journal_means_nothing_to_heal(file: Path) -> None:
    """A run without a fault has nothing to undo."""
    assert Journal(file).unhealed() == ()


def test_an_entry_is_on_disk_before_it_counts(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry is synchronised to the disk, with its file's name, before `begin` returns."""
    synchronised: list[str] = []
    fsync = os.fsync

    def noting_fsync(descriptor: int) -> None:
        synchronised.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    Journal(file).begin(LATE)
    assert synchronised == [str(file), str(file.parent)]


@pytest.mark.parametrize("kept_bytes", range(1, 66, 8))
def test_a_torn_last_line_hides_nothing_before_and_nothing_after_it(file: Path, kept_bytes: int) -> None:
    """A power cut in the middle of an entry costs that entry alone, and the next one is whole again."""
    journal = Journal(file)
    first = journal.begin(LATE)
    whole = file.read_bytes()
    journal.begin(DOWN)
    file.write_bytes(whole + file.read_bytes()[len(whole) :][:kept_bytes])
    assert journal.unhealed() == (first,)
    second = journal.begin(FaultSpec("freeze", "api"))
    assert journal.unhealed() == (second, first)


def test_the_same_fault_does_not_hold_twice(file: Path) -> None:
    """A second fault of one kind on one target is refused: healing one would heal the other."""
    journal = Journal(file)
    undo = journal.begin(LATE)
    with pytest.raises(FaultError, match="'latency net/api:80 latency_ms=5' already holds there"):
        journal.begin(FaultSpec("latency", "net/api:80", {"latency_ms": "900"}))
    journal.healed(undo)
    journal.begin(LATE)


def test_a_disk_that_refuses_is_told_with_the_file(tmp_path: Path) -> None:
    """Where the journal cannot be written, the error says so, and where."""
    with pytest.raises(FaultError, match=r"missing/journal.jsonl: expected to write 'inject down net/api:80'"):
        Journal(tmp_path / "missing" / "journal.jsonl").begin(DOWN)


def test_a_journal_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """An unreadable journal is an error, not an empty one."""
    with pytest.raises(FaultError, match="expected to read the undo journal"):
        Journal(tmp_path).unhealed()
