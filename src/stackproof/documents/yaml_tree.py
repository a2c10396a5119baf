"""YAML as a tree of typed nodes, each with its line: for files of others, in which any node may have any type.

Texts are not converted (``010``, ``yes``, ``1h``), because Prometheus and Alertmanager do not do so either.
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

_MAX_BYTES = 32 << 20
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar.

    Attributes:
        value: Its text; "" for null.
        line: Where it begins, from 1; for a block (``|``, ``>``) the first line of its text.
        unfolded: The text with the line breaks of the file, which folding removes.
        null: True for null.
        quoted: True if quotes or a block make it a text whatever it looks like: ``"5"`` is no number.
    """

    value: str
    line: int
    unfolded: str
    null: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list.

    Attributes:
        items: Its items.
        line: Where it begins, from 1.
    """

    items: tuple["Tree", ...]
    line: int


@dataclass(frozen=True, slots=True)
class MapEntry:
    """A key and its value.

    Attributes:
        key: The key.
        line: The line of the key, from 1.
        value: The value.
    """

    key: str
    line: int
    value: "Tree"


@dataclass(frozen=True, slots=True)
class Table:
    """A map, including merged keys (``<<``).

    Attributes:
        entries: Its entries, each key once.
        line: Where it begins, from 1.
    """

    entries: tuple[MapEntry, ...]
    line: int

    def get(self, key: str) -> MapEntry | None:
        """The entry of this key, if there is one."""
        return next((entry for entry in self.entries if entry.key == key), None)


Tree = Text | Items | Table


def kind_of(tree: Tree) -> str:
    """A node's type, for messages."""
    if isinstance(tree, Text):
        return "nothing" if tree.null else f"the text {tree.value[:40]!r}"
    return "a list" if isinstance(tree, Items) else "a map"


def read_text(file: Path) -> str:
    """Read a text file.

    Raises:
        FileProblemError: It does not exist, cannot be read, is too large or is not UTF-8.
    """
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise _problem(ProblemKind.UNREADABLE, Location(file), f"has more than {_MAX_BYTES >> 20} MiB")
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _problem(ProblemKind.MISSING, Location(file), "does not exist") from None
    except UnicodeDecodeError:
        raise _problem(ProblemKind.UNREADABLE, Location(file), "is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise _problem(ProblemKind.UNREADABLE, Location(file), f"cannot be read: {error}") from None


def read_tree(file: Path) -> Tree:
    """Read a YAML file.

    Raises:
        FileProblemError: It cannot be read, is not YAML or is empty.
    """
    return parse_tree(file, read_text(file))


def parse_tree(file: Path, text: str) -> Tree:
    """Read the YAML of ``file``.

    Raises:
        FileProblemError: It is not YAML or is empty.
    """
    try:
        yaml = YAML(typ="safe", pure=True)  # a quarter faster than the reader that keeps comments
        yaml.composer.warn_double_anchors = False  # YAML allows them; the last one counts
        node = yaml.compose(text)
        tree = None if node is None else _tree(_Source(file, text.splitlines()), node)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _problem(ProblemKind.BROKEN_YAML, Location(file, line), f"broken YAML: {error.problem}") from None
    except YAMLError as error:
        reason = str(error).splitlines()[0]
        raise _problem(ProblemKind.BROKEN_YAML, Location(file), f"broken YAML: {reason}") from None
    except RecursionError:
        raise _problem(ProblemKind.BROKEN_YAML, Location(file), "broken YAML: it is nested too deeply") from None
    if tree is None or (isinstance(tree, Text) and tree.null):
        raise _problem(ProblemKind.EMPTY, Location(file), "is empty")
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
    raise TypeError(f"not a YAML node: {node!r}")


def _text(source: _Source, node: ScalarNode) -> Text:
    line = node.start_mark.line + 1 + (node.style in {"|", ">"})
    if str(node.tag) == _NULL:
        return Text("", line, "", null=True)
    value = str(node.value)
    quoted = node.style is not None
    if node.style != ">":
        return Text(value, line, value, quoted=quoted)
    # Folding removed the line breaks: take them from the file.
    written = source.lines[node.start_mark.line + 1 : node.end_mark.line + (node.end_mark.column > 0)]
    return Text(value, line, textwrap.dedent("\n".join(written)), quoted=quoted)


def _entries(source: _Source, node: MappingNode) -> Iterator[MapEntry]:
    """The map's own entries, then those of merged maps that it does not have itself."""
    seen: dict[str, int] = {}
    merged: list[MapEntry] = []
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            raise _problem(ProblemKind.BROKEN_YAML, Location(source.file, line), "broken YAML: expected a text as key")
        if str(key.tag) == _MERGE:
            merged.extend(_merged(source, value))
            continue
        if key.value in seen:
            message = f"broken YAML: duplicate key {key.value!r}, first in line {seen[key.value]}"
            raise _problem(ProblemKind.BROKEN_YAML, Location(source.file, line), message)
        seen[key.value] = line
        yield MapEntry(str(key.value), line, _tree(source, value))
    for entry in merged:
        if entry.key not in seen:
            seen[entry.key] = entry.line
            yield entry


def _merged(source: _Source, node: object) -> Iterator[MapEntry]:
    tree = _tree(source, node)
    for table in tree.items if isinstance(tree, Items) else (tree,):
        if isinstance(table, Table):
            yield from table.entries
