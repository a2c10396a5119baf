"""YAML that is read, changed in a few places and written again; its comments, order and quotes stay."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString, ScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from stackproof.model import DeclarationError, Location

UNNAMED = Path("text")
"""The file's name in messages if the caller gives none."""

_WIDTH = 1_000_000  # so that no text gets new line breaks


@dataclass(frozen=True, slots=True)
class YamlText:
    """A YAML file whose top is a map.

    Attributes:
        file: The file's name in messages.
        top: The map.
        indent: Columns by which maps and lists are indented in it, as ruamel.yaml counts them.
        offset: Columns before the dash of a list's item.
    """

    file: Path
    top: CommentedMap
    indent: int
    offset: int

    def at(self, table: CommentedMap | CommentedSeq, key: str | int | None = None) -> Location:
        """The location of a key of a map or an item of a list, or of the whole."""
        line = int(table.lc.line)
        if isinstance(table, CommentedSeq):
            line = int(table.lc.item(key)[0]) if key in range(len(table)) else line
        elif key is not None and key in (table.lc.data or {}):
            line = int(table.lc.key(key)[0])
        return Location(self.file, line + 1)

    def table(self, holder: CommentedMap | CommentedSeq, key: str | int) -> CommentedMap | None:
        """The map under a key or index; None if there is nothing.

        Raises:
            DeclarationError: There is something else.
        """
        found = _held(holder, key)
        if found is None or isinstance(found, CommentedMap):
            return found
        raise self._wrong(holder, key, "a map", found)

    def tables(self, holder: CommentedMap, key: str) -> Iterator[CommentedMap]:
        """The maps of the list under a key; none if there is nothing.

        Raises:
            DeclarationError: There is something else than a list of maps.
        """
        found = _held(holder, key)
        if found is None:
            return
        if not isinstance(found, CommentedSeq):
            raise self._wrong(holder, key, "a list", found)
        for place in range(len(found)):
            table = self.table(found, place)
            if table is None:
                raise self._wrong(found, place, "a map", None)
            yield table

    def text(self, holder: CommentedMap, key: str) -> str | None:
        """The text under a key; None if there is nothing.

        Raises:
            DeclarationError: There is a map or a list.
        """
        found = _held(holder, key)
        if found is None:
            return None
        if isinstance(found, CommentedMap | CommentedSeq):
            raise self._wrong(holder, key, "a text", found)
        return str(found)

    def written(self) -> str:
        """The file's text."""
        stream = io.StringIO()
        _yaml(self.indent, self.offset).dump(self.top, stream)
        return stream.getvalue()

    def _wrong(
        self, holder: CommentedMap | CommentedSeq, key: str | int, expected: str, seen: object
    ) -> DeclarationError:
        name = f"item {key + 1}" if isinstance(key, int) else key
        return DeclarationError(f"expected {name} to be {expected}, saw {_kind(seen)}", where=self.at(holder, key))


def read_yaml(text: str, file: Path = UNNAMED) -> YamlText:
    """Read a YAML file whose top is a map.

    Raises:
        DeclarationError: It is not YAML, or its top is not a map; the error names the line.
    """
    try:
        _, indent, offset = load_yaml_guess_indent(text)
        top = _yaml(indent, offset).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DeclarationError(f"broken YAML: {error.problem}", where=Location(file, line)) from None
    except (YAMLError, RecursionError) as error:
        raise DeclarationError(f"broken YAML: {str(error).splitlines()[0]}", where=Location(file)) from None
    if not isinstance(top, CommentedMap):
        raise DeclarationError(f"expected a map, saw {_kind(top)}", where=Location(file, 1))
    return YamlText(file, top, indent or 2, offset or 0)


def like(old: object, new: str) -> str:
    """A text in the quoting style of the one that it replaces; as a block if it has several lines."""
    if "\n" in new:
        block: str = LiteralScalarString(new)
        return block
    if isinstance(old, ScalarString) and not isinstance(old, FoldedScalarString):
        same: str = type(old)(new)
        return same
    return new


def _yaml(indent: int | None, offset: int | None) -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    if indent and offset is not None:
        yaml.indent(mapping=offset or indent, sequence=indent, offset=offset)
    return yaml


def _held(holder: CommentedMap | CommentedSeq, key: str | int) -> object:
    found: object = holder.get(key) if isinstance(holder, CommentedMap) else holder[key]
    return found


def _kind(seen: object) -> str:
    if seen is None:
        return "nothing"
    if isinstance(seen, CommentedMap):
        return "a map"
    return "a list" if isinstance(seen, CommentedSeq) else f"the text {str(seen)[:40]!r}"
