"""YAML as a tree of typed parts, each with its line: for files that are not ours, where any part may be anything.

Texts stay as they are written (``010``, ``yes``, ``1h``), because Prometheus and Alertmanager read them so.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind

_MOST_BYTES = 32 << 20
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar.

    Attributes:
        value: Its text; "" for null.
        line: Where it begins, from 1; for a block (``|``, ``>``) the first line of its text.
        unfolded: The text with the line breaks that it has in the file, where folding took them out.
        null: True for nothing.
    """

    value: str
    line: int
    unfolded: str
    null: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list.

    Attributes:
        items: Its parts.
        line: Where it begins, from 1.
    """

    items: tuple["Tree", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and what it says.

    Attributes:
        key: The key.
        line: Where the key stands, from 1.
        value: What it says.
    """

    key: str
    line: int
    value: "Tree"


@dataclass(frozen=True, slots=True)
class Table:
    """A map, merged keys (``<<``) and all.

    Attributes:
        entries: Its entries, each key once.
        line: Where it begins, from 1.
    """

    entries: tuple[Entry, ...]
    line: int

    def get(self, key: str) -> Entry | None:
        """The entry of that key, if there is one."""
        return next((entry for entry in self.entries if entry.key == key), None)


Tree = Text | Items | Table


def kind_of(tree: Tree) -> str:
    """What a part is, in words: for messages."""
    if isinstance(tree, Text):
        return "nothing" if tree.null else f"the text {tree.value[:40]!r}"
    return "a list" if isinstance(tree, Items) else "a map"


def read_text(file: Path) -> str:
    """Read a file of text.

    Raises:
        FileProblemError: It is not there, cannot be read, is very large or is no text.
    """
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise _problem(ProblemKind.UNREADABLE, Location(file), f"has more than {_MOST_BYTES >> 20} MiB")
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _problem(ProblemKind.MISSING, Location(file), "there is no such file") from None
    except UnicodeDecodeError:
        raise _problem(ProblemKind.UNREADABLE, Location(file), "is no text in UTF-8") from None
    except (OSError, ValueError) as error:
        raise _problem(ProblemKind.UNREADABLE, Location(file), f"cannot be read: {error}") from None


def read_tree(file: Path) -> Tree:
    """Read a YAML file.

    Raises:
        FileProblemError: It cannot be read, is no YAML or has nothing in it.
    """
    return parse_tree(file, read_text(file))


def parse_tree(file: Path, text: str) -> Tree:
    """Read YAML, of which ``file`` is the place.

    Raises:
        FileProblemError: It is no YAML or has nothing in it.
    """
    try:
        yaml = YAML(typ="safe", pure=True)  # a quarter quicker than the kind that keeps comments
        yaml.composer.warn_double_anchors = False  # YAML allows them, the last one counts
        node = yaml.compose(text)
        tree = None if node is None else _tree(_Source(file, text.splitlines()), node)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _problem(ProblemKind.BROKEN_YAML, Location(file, line), f"broken YAML: {error.problem}") from None
    except YAMLError as error:
        reason = str(error).splitlines()[0]
        raise _problem(ProblemKind.BROKEN_YAML, Location(file), f"broken YAML: {reason}") from None
    except RecursionError:
        raise _problem(ProblemKind.BROKEN_YAML, Location(file), "broken YAML: it is nested without end") from None
    if tree is None or (isinstance(tree, Text) and tree.null):
        raise _problem(ProblemKind.EMPTY, Location(file), "has nothing in it")
    return tree


def _problem(kind: ProblemKind, where: Location, message: str) -> FileProblemError:
    return FileProblemError(FileProblem(kind, where, message))


@dataclass(frozen=True, slots=True)
class _Source:
    """The file whose nodes are read.

    Attributes:
        file: The file.
        lines: Its lines.
    """

    file: Path
    lines: Sequence[str]


def _tree(source: _Source, node: object) -> Tree:
    if isinstance(node, MappingNode):
        return Table(tuple(_entries(source, node)), node.start_mark.line + 1)
    if isinstance(node, SequenceNode):
        return Items(tuple(_tree(source, item) for item in node.value), node.start_mark.line + 1)
    if isinstance(node, ScalarNode):
        return _text(source, node)
    raise TypeError(f"no YAML node: {node!r}")


def _text(source: _Source, node: ScalarNode) -> Text:
    line = node.start_mark.line + 1 + (node.style in {"|", ">"})
    if str(node.tag) == _NULL:
        return Text("", line, "", null=True)
    value = str(node.value)
    if node.style != ">":
        return Text(value, line, value)
    # Folding takes line breaks out: the file has them.
    written = source.lines[node.start_mark.line + 1 : node.end_mark.line + (node.end_mark.column > 0)]
    return Text(value, line, textwrap.dedent("\n".join(written)))


def _entries(source: _Source, node: MappingNode) -> Iterator[Entry]:
    """The map's own entries, then those of merged maps that it has not."""
    seen: dict[str, int] = {}
    merged: list[Entry] = []
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            raise _problem(ProblemKind.BROKEN_YAML, Location(source.file, line), "broken YAML: expected a text as key")
        if str(key.tag) == _MERGE:
            merged.extend(_merged(source, value))
            continue
        if key.value in seen:
            message = f"broken YAML: the key {key.value!r} is there twice, first in line {seen[key.value]}"
            raise _problem(ProblemKind.BROKEN_YAML, Location(source.file, line), message)
        seen[key.value] = line
        yield Entry(str(key.value), line, _tree(source, value))
    for entry in merged:
        if entry.key not in seen:
            seen[entry.key] = entry.line
            yield entry


def _merged(source: _Source, node: object) -> Iterator[Entry]:
    tree = _tree(source, node)
    for table in tree.items if isinstance(tree, Items) else (tree,):
        if isinstance(table, Table):
            yield from table.entries
