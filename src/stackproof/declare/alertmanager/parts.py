"""Reads small parts of an Alertmanager configuration with their lines."""

import difflib
from collections.abc import Collection, Iterator

from stackproof.declare.prometheus.syntax import duration_s
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Items, MapEntry, Table, Text, Tree, kind_of

_TRUE = frozenset({"y", "yes", "on", "true"})  # YAML 1.1, which Alertmanager uses
_FALSE = frozenset({"n", "no", "off", "false"})


def flat(tree: Tree, prefix: str = "", line: int | None = None) -> Iterator[tuple[str, str, int]]:
    """Every text below a node: its dotted path, the text, and the line of its key, or its own line in a list."""
    if isinstance(tree, Text):
        if not tree.null:
            yield prefix, tree.value, line or tree.line
        return
    dotted = f"{prefix}." if prefix else ""
    if isinstance(tree, Items):
        for place, item in enumerate(tree.items):
            yield from flat(item, f"{dotted}{place}")
        return
    for entry in tree.entries:
        yield from flat(entry.value, f"{dotted}{entry.key}", entry.line)


def report_unknown_keys(reader: TreeReader, table: Table, known: Collection[str], what: str) -> None:
    """Report each key that Alertmanager rejects here."""
    for entry in table.entries:
        if entry.key not in known:
            reader.wrong(
                entry.line,
                f"{what} has no key {entry.key!r}; {_hint(entry.key, known)}",
                "correct its name, or remove it: Alertmanager rejects the whole file",
            )


def _hint(name: str, known: Collection[str]) -> str:
    """The key that was probably meant, or all keys."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"is {close[0]} meant?" if close else f"known: {', '.join(sorted(known))}"


def truth(reader: TreeReader, entry: MapEntry | None) -> bool:
    """A boolean; False if there is no entry, and a problem if it is neither true nor false."""
    if entry is None or (isinstance(entry.value, Text) and entry.value.null):
        return False
    text = entry.value.value.lower() if isinstance(entry.value, Text) else kind_of(entry.value)
    if text not in _TRUE | _FALSE:
        reader.wrong(entry.line, f"expected {entry.key} to be true or false, saw {text!r}", "write true or false")
    return text in _TRUE


def items_of_texts(reader: TreeReader, entry: MapEntry | None) -> Iterator[tuple[str, int]]:
    """The texts of a list, each with its line."""
    for item in reader.items(entry):
        if isinstance(item, Text):
            yield item.value, item.line
        else:
            name = entry.key if entry else "the list"
            reader.wrong(item.line, f"expected {name} to contain texts, saw {kind_of(item)}")


def interval_s(reader: TreeReader, entry: MapEntry | None, default_s: float) -> float:
    """A duration in seconds; a problem if it is zero or not a duration."""
    text = reader.text(entry)
    if entry is not None and text and duration_s(text) == 0:
        reader.wrong(entry.line, f"expected {entry.key} to be more than 0, saw {text!r}", "write at least 1s")
        return default_s
    return reader.duration(entry, default_s)
