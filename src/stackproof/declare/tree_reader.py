"""Reads values from a YAML tree and collects every problem with its location, instead of stopping at the first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stackproof.declare.prometheus.syntax import duration_s
from stackproof.documents.yaml_tree import Items, MapEntry, Table, Text, Tree, kind_of
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, ProblemKind


@dataclass(slots=True)
class TreeReader:
    """Reads one file.

    Attributes:
        file: The file.
        problems: The problems found so far.
    """

    file: Path
    problems: list[FileProblem] = field(default_factory=list)

    def wrong(self, line: int, message: str, fix: str = "", kind: ProblemKind = ProblemKind.INVALID) -> None:
        """Record a problem."""
        self.problems.append(FileProblem(kind, Location(self.file, line), message, fix))

    def table(self, tree: Tree, name: str) -> Table | None:
        """The node as a map; None, and a problem, if it is not one."""
        if isinstance(tree, Table):
            return tree
        self.wrong(tree.line, f"expected {name} to be a map, saw {kind_of(tree)}")
        return None

    def items(self, entry: MapEntry | None) -> tuple[Tree, ...]:
        """The items of a list; empty if there is no entry, and a problem if it is not a list."""
        if entry is None or (isinstance(entry.value, Text) and entry.value.null):
            return ()
        if isinstance(entry.value, Items):
            return entry.value.items
        self.wrong(entry.line, f"expected {entry.key} to be a list, saw {kind_of(entry.value)}")
        return ()

    def tables(self, entry: MapEntry | None, name: str) -> Iterator[Table]:
        """The maps of a list; a problem for each item that is not a map."""
        for item in self.items(entry):
            table = self.table(item, name)
            if table is not None:
                yield table

    def text(self, entry: MapEntry | None) -> str:
        """A text; "" if there is no entry, and a problem if it is not a text."""
        if entry is None:
            return ""
        if isinstance(entry.value, Text):
            return entry.value.value
        self.wrong(entry.line, f"expected {entry.key} to be a text, saw {kind_of(entry.value)}")
        return ""

    def texts(self, entry: MapEntry | None) -> Mapping[str, str]:
        """A map of texts."""
        if entry is None or (isinstance(entry.value, Text) and entry.value.null):
            return {}
        table = self.table(entry.value, entry.key)
        return {each.key: self.text(each) for each in table.entries} if table else {}

    def duration(self, entry: MapEntry | None, default_s: float) -> float:
        """A duration in seconds; a problem if it is not a duration."""
        text = self.text(entry)
        if entry is None or not text:
            return default_s
        seconds = duration_s(text)
        if seconds is None:
            self.wrong(
                entry.line,
                f"expected {entry.key} to be a duration such as 30s, 5m or 1h30m, saw {text!r}",
                "write whole numbers with units, from large to small: 1h30m",
            )
            return default_s
        return seconds

    def unknown(self, table: Table, known: Iterable[str], what: str) -> None:
        """Record a problem for each key that Prometheus rejects here."""
        names = tuple(known)
        for entry in table.entries:
            if entry.key not in names:
                self.wrong(
                    entry.line,
                    f"{what} has no key {entry.key!r}; known: {', '.join(names)}",
                    "correct its name, or remove it: Prometheus rejects the whole file",
                )
