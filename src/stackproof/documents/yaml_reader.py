"""Reads YAML into trees, in linear time and within bounds, whatever is in it.

libyaml's events become trees here rather than by PyYAML or ruamel.yaml: those call themselves for each level, expand
aliases without a bound, and ruamel.yaml takes twenty times as long.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from stackproof.documents.text_files import read_text
from stackproof.documents.yaml_tree import Items, MapEntry, Table, Text, Tree
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind

MAX_VALUES = 1_000_000
"""The texts, lists and maps of one file, after aliases and merge keys (``<<``) are expanded."""
MAX_LEVELS = 300
"""How deep they may be nested."""

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what libyaml counts as the end of a line
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_NULL_TAG = "tag:yaml.org,2002:null"
_BLOCKS = ("|", ">")


def read_tree(file: Path) -> Tree:
    """Read a YAML file.

    Raises:
        FileProblemError: It cannot be read, is not YAML, exceeds a bound, is empty or has several documents.
    """
    return parse_tree(file, read_text(file))


def parse_tree(file: Path, text: str) -> Tree:
    """Read the only document in the YAML of ``file``.

    Raises:
        FileProblemError: It is not YAML, exceeds a bound, is empty or has several documents.
    """
    documents = parse_documents(file, text)
    if len(documents) > 1:
        message = "broken YAML: expected one document, saw another one after ---: it would be ignored"
        raise _problem(file, documents[1].line, message)
    return documents[0]


def parse_documents(file: Path, text: str) -> tuple[Tree, ...]:
    """Read all documents in the YAML of ``file``, without those that hold nothing.

    Returns:
        At least one.

    Raises:
        FileProblemError: It is not YAML, exceeds a bound or is empty.
    """
    builder = _TreeBuilder(file, text)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.accept(event)
    except yaml.MarkedYAMLError as error:
        raise _problem(file, _line(error, text), f"broken YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise _problem(file, None, f"broken YAML: {str(error).splitlines()[0]}") from None
    documents = tuple(tree for tree in builder.documents if not (isinstance(tree, Text) and tree.null))
    if not documents:
        raise FileProblemError(FileProblem(ProblemKind.EMPTY, Location(file), "is empty"))
    return documents


def _line(error: yaml.MarkedYAMLError, text: str) -> int:
    """Where an error is; of what is not closed before the end of the file, where that begins."""
    marks = (error.problem_mark, error.context_mark)
    last = len(_BREAK.findall(text.rstrip()))
    return next((mark.line for mark in marks if mark is not None and mark.line <= last), last) + 1


def _problem(file: Path, line: int | None, message: str, fix: str = "") -> FileProblemError:
    return FileProblemError(FileProblem(ProblemKind.BROKEN_YAML, Location(file, line), message, fix))


@dataclass(slots=True)
class _Open:
    """A list or a map that is not complete yet.

    Attributes:
        line: Where it begins, from 1.
        anchor: Its anchor.
        is_map: Whether it is a map.
        values: What is in it so far; of a map without its keys.
        keys: The keys of a map, with their lines; one more than values if a value is due.
        merging: Whether the next value is merged (``<<``).
        merged: The merged entries by their key.
        size: How many values it has, at all levels.
    """

    line: int
    anchor: str | None
    is_map: bool
    values: list[Tree] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    merging: bool = False
    merged: dict[str, MapEntry] = field(default_factory=dict)
    size: int = 1


@dataclass(slots=True)
class _TreeBuilder:
    """Builds trees from events.

    Attributes:
        file: The file, for problems.
        text: Its text.
        documents: The trees that are complete.
    """

    file: Path
    text: str
    documents: list[Tree] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _anchors: dict[str, tuple[Tree, int] | None] = field(default_factory=dict)
    _lines: Sequence[str] | None = None

    def accept(self, event: yaml.Event) -> None:
        """Take the next event."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()

    def _wrong(self, line: int, message: str, fix: str = "") -> FileProblemError:
        return _problem(self.file, line, f"broken YAML: {message}", fix)

    def _too_large(self, line: int, message: str, fix: str) -> FileProblemError:
        return FileProblemError(FileProblem(ProblemKind.UNREADABLE, Location(self.file, line), message, fix))

    def _begin(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        line = event.start_mark.line + 1
        if self._open and self._open[-1].is_map and not self._value_is_due(self._open[-1]):
            raise self._wrong(line, "expected a text as key")
        if len(self._open) >= MAX_LEVELS:
            message = f"expected at most {MAX_LEVELS} levels of lists and maps, saw more"
            raise self._too_large(line, message, "write it flatter")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._open.append(_Open(line, event.anchor, isinstance(event, yaml.MappingStartEvent)))

    def _end(self) -> None:
        done = self._open.pop()
        tree: Tree
        if done.is_map:
            own = zip(done.keys.items(), done.values, strict=True)
            entries = [MapEntry(key, line, value) for (key, line), value in own]
            entries += (entry for key, entry in done.merged.items() if key not in done.keys)
            tree = Table(tuple(entries), done.line)
        else:
            tree = Items(tuple(done.values), done.line)
        self._add(tree, done.size, done.anchor, done.line)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        line = event.start_mark.line + 1
        within = self._open[-1] if self._open else None
        if within is not None and within.is_map and not self._value_is_due(within):
            self._key(within, event, line)
            return
        self._add(self._text(event, line), 1, event.anchor, line)

    def _key(self, within: _Open, event: yaml.ScalarEvent, line: int) -> None:
        key = str(event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = (Text(key, line, key), 1)
        if key == "<<" and event.implicit[0]:
            within.merging = True
            return
        if key in within.keys:
            raise self._wrong(line, f"duplicate key {key!r}, first in line {within.keys[key]}")
        within.keys[key] = line

    @staticmethod
    def _value_is_due(within: _Open) -> bool:
        return within.merging or len(within.keys) > len(within.values)

    def _alias(self, event: yaml.AliasEvent) -> None:
        line = event.start_mark.line + 1
        if event.anchor not in self._anchors:
            raise self._wrong(line, f"no anchor &{event.anchor} stands before the alias *{event.anchor}")
        known = self._anchors[event.anchor]
        if known is None:
            raise self._wrong(line, f"the alias *{event.anchor} stands inside its own anchor")
        tree, size = known
        within = self._open[-1] if self._open else None
        if within is not None and within.is_map and not self._value_is_due(within):
            if not isinstance(tree, Text) or tree.value in within.keys:
                raise self._wrong(line, "expected a text as key, and each key once")
            within.keys[tree.value] = line
            return
        self._add(tree, size, None, line)

    def _add(self, tree: Tree, size: int, anchor: str | None, line: int) -> None:
        """Put a complete value where it belongs."""
        if anchor is not None:
            self._anchors[anchor] = (tree, size)
        if not self._open:
            self.documents.append(tree)
            return
        within = self._open[-1]
        within.size += size
        if within.size > MAX_VALUES:
            message = f"expected at most {MAX_VALUES:,} values after aliases and merge keys are expanded, saw more"
            raise self._too_large(line, message, "split it into several files, and write no aliases of aliases")
        if within.merging:
            within.merging = False
            for entry in _entries(tree):
                within.merged.setdefault(entry.key, entry)
        else:
            within.values.append(tree)

    def _text(self, event: yaml.ScalarEvent, line: int) -> Text:
        value = str(event.value)
        null = event.tag == _NULL_TAG or (event.tag is None and event.implicit[0] and value in _NULLS)
        if null:
            return Text("", line, "", null=True)
        line += event.style in _BLOCKS
        unfolded = self._unfolded(event) if event.style == ">" else value
        return Text(value, line, unfolded, quoted=bool(event.style))

    def _unfolded(self, event: yaml.ScalarEvent) -> str:
        """A folded text with the line breaks of the file."""
        if self._lines is None:
            self._lines = _BREAK.split(self.text)
        end = event.end_mark.line + (event.end_mark.column > 0)
        return textwrap.dedent("\n".join(self._lines[event.start_mark.line + 1 : end]))


def _entries(tree: Tree) -> Iterator[MapEntry]:
    """What a merge key adds: the entries of a map, or of each map of a list."""
    for table in tree.items if isinstance(tree, Items) else (tree,):
        if isinstance(table, Table):
            yield from table.entries
