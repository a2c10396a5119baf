"""Files of others are read with the line of each node, whatever is in them."""

from pathlib import Path

import pytest

from stackproof.documents.yaml_tree import Table, Text, parse_tree, read_tree
from stackproof.model.file_problem import FileProblemError, ProblemKind

FILE = Path("any.yaml")


def _texts(text: str) -> dict[str, Text]:
    tree = parse_tree(FILE, text)
    assert isinstance(tree, Table)
    return {entry.key: entry.value for entry in tree.entries if isinstance(entry.value, Text)}


def test_texts_are_not_converted() -> None:
    """Prometheus reads `010` and `yes` as texts, so we do too."""
    read = _texts("a: 010\nb: yes\nc: ~\nd: 1h\n")
    assert {key: text.value for key, text in read.items()} == {"a": "010", "b": "yes", "c": "", "d": "1h"}
    assert [key for key, text in read.items() if text.null] == ["c"]


def test_a_block_begins_where_its_text_begins() -> None:
    """A finding in an expression names a line of the expression, not that of its key."""
    read = _texts("a: |\n  x\n  > 1\nb: >-\n  y\n  < 2\n\n  or z\n    + 1\n")
    assert (read["a"].line, read["a"].value) == (2, "x\n> 1\n")
    assert (read["b"].line, read["b"].value) == (5, "y < 2\nor z\n  + 1")
    assert read["b"].unfolded == "y\n< 2\n\nor z\n  + 1"


def test_merged_keys_count() -> None:
    """`<<` is common in rule files; the map's own entries override merged ones."""
    tree = parse_tree(FILE, "base: &base {a: 1, b: 2}\nrule:\n  <<: *base\n  b: 3\n")
    assert isinstance(tree, Table)
    rule = tree.get("rule")
    assert rule is not None
    assert isinstance(rule.value, Table)
    assert {entry.key: getattr(entry.value, "value", None) for entry in rule.value.entries} == {"b": "3", "a": "1"}


def test_an_anchor_may_be_redefined() -> None:
    """Copied rules often copy their anchors: nothing is printed, and the last one counts."""
    assert _texts("a: &x 1\nb: &x 2\nc: *x\n")["c"].value == "2"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1", 1),
        ("a: 1\nb: 2\na: 3\n", 3),
        ("a: 1\nb: {{ x }}\n", 2),
        ("a: *nothing", 1),
        ("a:\n\tb: 1", 2),
        ("a: 1\n---\nb: 2", 2),
        ("&a [*a]", None),
        ("[" * 600, None),
        ("a: \x07", None),
    ],
)
def test_broken_yaml_is_one_problem_with_its_line(text: str, line: int | None) -> None:
    """However a file is broken, there is a location and no traceback."""
    with pytest.raises(FileProblemError) as caught:
        parse_tree(FILE, text)
    assert caught.value.problem.kind is ProblemKind.BROKEN_YAML
    assert caught.value.problem.where.line == line


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", ProblemKind.EMPTY),
        (b"# nothing but this\n", ProblemKind.EMPTY),
        (b"\x7fELF\x02\x01\xff\xfe", ProblemKind.UNREADABLE),
        (None, ProblemKind.MISSING),
    ],
)
def test_empty_binary_and_missing_files_differ(tmp_path: Path, content: bytes | None, kind: ProblemKind) -> None:
    """They are three different mistakes."""
    file = tmp_path / "a.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(FileProblemError) as caught:
        read_tree(file)
    assert caught.value.problem.kind is kind


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """It is reported as such."""
    with pytest.raises(FileProblemError) as caught:
        read_tree(tmp_path)
    assert caught.value.problem.kind is ProblemKind.UNREADABLE
