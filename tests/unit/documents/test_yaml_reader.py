"""Files of others are read with the line of each node, whatever is in them."""

import os
from pathlib import Path

import pytest

from stackproof.documents.text_files import MAX_BYTES
from stackproof.documents.yaml_reader import parse_documents, parse_tree, read_tree
from stackproof.documents.yaml_tree import Table, Text
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
        ("a: 1\n---\nb: 2", 3),
        ("&a [*a]", 1),
        ("a: \x07", None),
        ("a: 1\n*a : 2\n", 2),
        ("a: &b {c: *b}\n", 1),
        ("? [a, b]\n: c\n", 1),
    ],
)
def test_broken_yaml_is_one_problem_with_its_line(text: str, line: int | None) -> None:
    """However a file is broken, there is a location and no traceback."""
    with pytest.raises(FileProblemError) as caught:
        parse_tree(FILE, text)
    assert caught.value.problem.kind is ProblemKind.BROKEN_YAML
    assert caught.value.problem.where.line == line


def _problem(text: str) -> tuple[str, int | None]:
    with pytest.raises(FileProblemError) as caught:
        parse_tree(FILE, text)
    return caught.value.problem.message, caught.value.problem.where.line


def _aliases_of_aliases(levels: int, form: str) -> str:
    """A billion laughs: each level holds the one before ten times."""
    lines = ["a0: &a0 {x: 1}\n"]
    lines += (f"a{each}: &a{each} {form % ', '.join([f'*a{each - 1}'] * 10)}\n" for each in range(1, levels))
    return "".join(lines)


@pytest.mark.parametrize("form", ["[%s]", "{<<: [%s], y: 2}"])
def test_aliases_of_aliases_are_counted_before_they_are_expanded(form: str) -> None:
    """A short file cannot take all memory; shared values cost nothing, so a few levels are read."""
    message, _ = _problem(_aliases_of_aliases(9, form))
    assert "at most 1,000,000 values" in message
    parse_tree(FILE, _aliases_of_aliases(4, form))


def test_very_many_values_are_refused() -> None:
    """Reading stops at the bound, and does not go on to the end."""
    message, _ = _problem("groups: [" + "{a: b}," * 600_000 + "]\n")
    assert "at most 1,000,000 values" in message


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 50_000, "- " * 100_000, "a: &a " + "[" * 301 + "]" * 301])
def test_deep_nesting_is_refused_at_its_line(text: str) -> None:
    """Far below what would exhaust the stack."""
    assert _problem(text) == ("expected at most 300 levels of lists and maps, saw more", 1)


def test_tags_are_not_executed() -> None:
    """A tag of Python is only a tag."""
    tree = parse_tree(FILE, "a: !!python/object/apply:os.system ['exit 1']\n")
    assert isinstance(tree, Table)


def test_several_documents_are_read_without_the_empty_ones() -> None:
    """`---` at the end begins nothing."""
    documents = parse_documents(FILE, "---\na: 1\n---\n# nothing\n---\nb: 2\n---\n")
    assert [each.line for each in documents] == [2, 6]


def test_a_file_that_is_not_a_regular_file_is_never_waited_for(tmp_path: Path) -> None:
    """A FIFO without a writer would block for ever; /dev/zero would never end."""
    fifo = tmp_path / "fifo.yml"
    os.mkfifo(fifo)
    for file, kind in ((fifo, "a FIFO"), (Path("/dev/zero"), "a device"), (tmp_path, "a folder")):
        with pytest.raises(FileProblemError, match=f"is {kind}, not a regular file"):
            read_tree(file)


def test_a_link_loop_is_a_problem(tmp_path: Path) -> None:
    """Not an endless search."""
    (tmp_path / "a.yml").symlink_to(tmp_path / "b.yml")
    (tmp_path / "b.yml").symlink_to(tmp_path / "a.yml")
    with pytest.raises(FileProblemError, match="cannot be read"):
        read_tree(tmp_path / "a.yml")


def test_a_very_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    """It is not even parsed."""
    file = tmp_path / "a.yml"
    with file.open("wb") as opened:
        opened.truncate(MAX_BYTES + 1)
    with pytest.raises(FileProblemError, match="has more than 16 MiB"):
        read_tree(file)


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
