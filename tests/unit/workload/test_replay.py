from pathlib import Path

import pytest

from stackproof.history.line import encode
from stackproof.model import DeclarationError, LoadReport, Outcome, Sample
from stackproof.workload import read_replay


def sample(stream: str, intended_s: float) -> bytes:
    """A line of a history."""
    return encode(Sample(stream, intended_s, intended_s, intended_s + 1, Outcome.OK))


def test_offsets_are_read_a_line_each(tmp_path: Path) -> None:
    """Numbers become the schedule; empty lines and comments do not count."""
    file = tmp_path / "offsets"
    file.write_text("# two early ones\n0\n0.5  # here\n\n2e0\n")
    assert read_replay(file).at_s == (0, 0.5, 2)


def test_a_history_is_replayed(tmp_path: Path) -> None:
    """The samples of a history, as the history room writes them, give their intended times from the first on."""
    file = tmp_path / "history.jsonl"
    report = encode(LoadReport("a", 2, 2, 0, 0.0, kept_up=True))
    file.write_bytes(sample("a", 102.5) + report + sample("b", 100.0) + sample("a", 101.0))
    assert read_replay(file).at_s == (0, 1.0, 2.5)
    assert read_replay(file, stream="a").at_s == (0, 1.5)


@pytest.mark.parametrize("bad", ["soon", "nan", "inf", '{"type": "sample"}', "1 2"])
def test_a_bad_offset_is_named_with_its_line(tmp_path: Path, bad: str) -> None:
    """The message has file, line and what was seen."""
    file = tmp_path / "offsets"
    file.write_text(f"0\n1\n{bad}\n")
    with pytest.raises(DeclarationError) as error:
        read_replay(file)
    assert str(error.value).startswith(f"{file}:3: expected an offset in seconds")
    assert repr(bad) in str(error.value)


def test_a_step_back_in_time_is_named_with_its_line(tmp_path: Path) -> None:
    """Offsets ascend; the first that does not is named."""
    file = tmp_path / "offsets"
    file.write_text("1\n0.5\n")
    with pytest.raises(
        DeclarationError, match=r"offsets:2: expected an offset no smaller than the previous one, 1 s, saw 0.5"
    ):
        read_replay(file)


@pytest.mark.parametrize("bad", ["{half", "[]", '{"type": "sample", "intended_s": "now"}'])
def test_a_bad_line_of_a_history_is_named(tmp_path: Path, bad: str) -> None:
    """A history that was cut off or edited is refused, with the line."""
    file = tmp_path / "history.jsonl"
    file.write_bytes(sample("a", 1) + bad.encode() + b"\n")
    with pytest.raises(DeclarationError, match=r"history.jsonl:2: expected"):
        read_replay(file)


def test_a_stream_that_was_not_recorded_is_named(tmp_path: Path) -> None:
    """A history without samples of the stream is no schedule."""
    file = tmp_path / "history.jsonl"
    file.write_bytes(sample("a", 1))
    with pytest.raises(DeclarationError, match="expected samples of 'b' to replay, saw none"):
        read_replay(file, stream="b")


def test_an_empty_or_missing_file_is_named(tmp_path: Path) -> None:
    """Nothing to replay is an error, not a load of no requests."""
    empty = tmp_path / "empty"
    empty.write_text("\n")
    with pytest.raises(DeclarationError, match="empty: expected offsets to replay, saw none"):
        read_replay(empty)
    with pytest.raises(DeclarationError, match="missing: cannot read the offsets to replay"):
        read_replay(tmp_path / "missing")
