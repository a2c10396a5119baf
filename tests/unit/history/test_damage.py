"""A damaged history is refused, and the error names the damage."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.history import FILE_NAME, Header, History, read
from stackproof.model import CheckResult, HistoryError, Verdict

CHECKS = tuple(CheckResult(f"test_{number}", Verdict.PASS, "a\nb \N{SNOWMAN}") for number in range(5))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, header: Header) -> bytes:
    """The bytes of a small history."""
    folder = tmp_path_factory.mktemp("whole")
    with History.create(folder, header) as history:
        history.extend(CHECKS)
    return (folder / FILE_NAME).read_bytes()


@given(data=st.data())
def test_a_torn_end_costs_its_line_only(whole: bytes, data: st.DataObject) -> None:
    """Wherever kill -9 cuts the file, the whole lines before the cut are read, and the tear is reported."""
    end = data.draw(st.integers(whole.index(b"\n") + 1, len(whole)))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / FILE_NAME).write_bytes(whole[:end])
        recorded = read(Path(folder))
    assert recorded.checks == CHECKS[: whole[:end].count(b"\n") - 1]
    assert recorded.torn == (whole[end - 1 : end] != b"\n")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (b"not json", "Invalid JSON"),
        (b"[1]", "tag"),
        (b'{"type":"snapshot"}', "snapshot"),
        (b'{"type":"check","id":"a"}', "verdict: Field required"),
        (b'{"type":"check","id":"a","verdict":"MAYBE"}', "MAYBE"),
        (b'{"type":"event","kind":"note","at_s":1,"wall":"2026-01-02T00:00:00Z"}', "event"),
        (b'{"type":"load","stream":"a","planned":"many"}', "planned"),
    ],
)
def test_damage_in_the_middle_is_refused(tmp_path: Path, whole: bytes, damage: bytes, says: str) -> None:
    """A judge must not guess: a line that is not an entry is named by file and line, with what is wrong with it."""
    lines = whole.splitlines(keepends=True)
    lines[3] = damage + b"\n"
    file = tmp_path / FILE_NAME
    file.write_bytes(b"".join(lines))
    with pytest.raises(HistoryError, match=re.escape(f"{file}:4: ")) as caught:
        read(file)
    assert says in str(caught.value)


@pytest.mark.parametrize("contents", [b"", b'{"type":"hea'])
def test_a_history_without_header_is_refused(tmp_path: Path, contents: bytes) -> None:
    """A run that died before it began has nothing to judge, and the message says so."""
    (tmp_path / FILE_NAME).write_bytes(contents)
    with pytest.raises(HistoryError, match="expected a header, saw none"):
        read(tmp_path)


def test_a_history_that_begins_with_another_entry_is_refused(tmp_path: Path, whole: bytes) -> None:
    """Entries without a header before them belong to no run."""
    (tmp_path / FILE_NAME).write_bytes(whole.split(b"\n", 1)[1])
    with pytest.raises(HistoryError, match="another entry"):
        read(tmp_path)


def test_another_format_is_refused(tmp_path: Path, whole: bytes) -> None:
    """A history of a later version is not half understood: the message says which version to use."""
    (tmp_path / FILE_NAME).write_bytes(whole.replace(b'"format":2', b'"format":3', 1))
    with pytest.raises(HistoryError, match="saw format 3"):
        read(tmp_path)


def test_a_missing_history_is_named(tmp_path: Path) -> None:
    """A mistyped name of a run gives an error with the path."""
    with pytest.raises(HistoryError, match=re.escape(str(tmp_path / "no-such-run"))):
        read(tmp_path / "no-such-run")


def test_a_history_that_cannot_be_begun_says_why(tmp_path: Path, header: Header) -> None:
    """A place that is not a folder gives one message with the path, not a traceback."""
    (tmp_path / "file").touch()
    with pytest.raises(HistoryError, match=r"file/run.*cannot be written"):
        History.create(tmp_path / "file" / "run", header)
