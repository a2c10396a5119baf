"""Files are found by name, folder and pattern; no folder leads the search astray."""

import os
import socket
from pathlib import Path

import pytest

from stackproof.alerts import file_search
from stackproof.alerts.file_search import FilesFound, each_once, find_dashboards, find_rule_files
from stackproof.model.file_problem import ProblemKind

RULES = "groups:\n- name: g\n  rules: []\n"


def _names(found: FilesFound) -> list[str]:
    return [file.name for file in found.files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file of rules, in a folder below."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "rules.yml").write_text(RULES, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("pattern", ["", "/**/*.yml", "/*/*.yml", "/**", "/**/rules.*", "/*/**/*.yml"])
def test_links_in_a_circle_are_no_way(folder: Path, pattern: str) -> None:
    """Three links to folders above make a tree without end: the file is found, once."""
    for name, to in (("one", "."), ("two", ".."), ("three", "../below")):
        (folder / "below" / name).symlink_to(to)
    found = find_rule_files(f"{folder}{pattern}")
    assert set(_names(found)) == {"rules.yml"}
    assert len(found.files) == 1


def test_a_pattern_matches_as_in_a_shell(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It passes over hidden files and folders, and may begin in the current folder."""
    monkeypatch.chdir(folder)
    (folder / ".hidden").mkdir()
    for name in (".hidden/rules.yml", "below/.hidden.yml", "top.yml"):
        Path(name).write_text(RULES, encoding="utf-8")
    assert find_rule_files("**/*.yml").files == (Path("below/rules.yml"), Path("top.yml"))
    assert find_rule_files("*.yml").files == (Path("top.yml"),)
    assert find_rule_files("below/*").files == (Path("below/rules.yml"),)


def test_what_is_no_regular_file_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A FIFO, a socket, a device and a broken link with the name of a file of rules: none is opened."""
    monkeypatch.chdir(folder)
    os.mkfifo("fifo.yml")
    Path("device.yml").symlink_to("/dev/zero")
    Path("broken.yml").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.yml")
        found = find_rule_files(".")
    assert _names(found) == ["rules.yml"]
    assert found.problems == ()


def test_a_folder_that_cannot_be_read_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in it is not checked, and that is reported; the rest is found. Root, too, reads no name this long."""
    monkeypatch.chdir(folder)
    for _ in range(20):
        Path("d" * 250).mkdir()
        monkeypatch.chdir("d" * 250)
    found = find_rule_files(str(folder))
    assert _names(found) == ["rules.yml"]
    assert [(each.kind, each.message) for each in found.problems] == [
        (ProblemKind.UNREADABLE, "cannot be read: File name too long")
    ]
    assert found.problems[0].where.file.is_relative_to(folder)


def test_a_name_stands_for_a_bounded_number_of_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder given by mistake ends with a message, and not never."""
    monkeypatch.setattr(file_search, "MAX_FILES", 3)
    for each in range(5):
        (folder / f"{each}.json").write_text("{}", encoding="utf-8")
    found = find_dashboards(str(folder))
    assert len(found.files) == 3
    assert [(each.kind, each.message) for each in found.problems] == [
        (ProblemKind.TOO_COSTLY, "stands for more than 3 files; 3 of them are checked")
    ]


def test_other_yaml_in_a_folder_is_passed_over(folder: Path) -> None:
    """A folder may hold Alertmanager's configuration, and line breaks without end."""
    (folder / "alertmanager.yml").write_text("route: {}\n", encoding="utf-8")
    (folder / "breaks.yml").write_text("\n" * 3_000_000, encoding="utf-8")
    assert _names(find_rule_files(str(folder))) == ["rules.yml"]


def test_a_file_counts_once_under_its_first_name(folder: Path) -> None:
    """Two options may name the same file."""
    file, link = folder / "below" / "rules.yml", folder / "link.yml"
    link.symlink_to(file)
    assert each_once([link, file, folder / "below" / ".." / "below" / "rules.yml"]) == (link,)
