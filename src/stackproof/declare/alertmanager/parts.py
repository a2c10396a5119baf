"""Reads small parts of an Alertmanager configuration with their lines."""

import difflib
import re
from collections.abc import Collection, Iterator

from stackproof.declare.prometheus.syntax import duration_s
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Items, MapEntry, Table, Text, Tree, kind_of

_TRUE = frozenset({"y", "yes", "on", "true"})  # YAML 1.1, which Alertmanager uses
_FALSE = frozenset({"n", "no", "off", "false"})
_LATER = re.compile(r"\$[{(]|\$[A-Z][A-Z0-9_]+|\{\{|\{%|<[%\w]|__[A-Z]|%[A-Z][A-Z0-9_]+%|@[A-Z][A-Z0-9_]+@")
_MAX_SHOWN = 80


def is_filled_in_later(text: str) -> bool:
    """Whether a value has a placeholder of another program, or is a template: its final value is not in the file."""
    return _LATER.search(text) is not None


def shortened(text: str) -> str:
    """A text for a message: the beginning of a long one."""
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def flat(tree: Tree) -> Iterator[tuple[str, str, int]]:
    """Every text below a node: its dotted path, the text, and the line of its key, or its own line in a list."""
    waiting: list[tuple[str, Tree, int | None]] = [("", tree, None)]
    while waiting:
        path, node, line = waiting.pop()
        dotted = f"{path}." if path else ""
        if isinstance(node, Text):
            if not node.null:
                yield path, node.value, line or node.line
        elif isinstance(node, Items):
            waiting += [(f"{dotted}{place}", item, None) for place, item in enumerate(node.items)][::-1]
        else:
            waiting += [(f"{dotted}{entry.key}", entry.value, entry.line) for entry in node.entries][::-1]


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
    quoted = isinstance(entry.value, Text) and entry.value.quoted
    written = entry.value.value if isinstance(entry.value, Text) else ""
    if (quoted or text not in _TRUE | _FALSE) and not is_filled_in_later(written):
        seen = f"the text {text!r} in quotes" if quoted else repr(text)
        reader.wrong(
            entry.line, f"expected {entry.key} to be true or false, saw {seen}", "write true or false, without quotes"
        )
    return text in _TRUE


def is_true(entry: MapEntry | None) -> bool:
    """Whether an entry is true; what is neither true nor false has been reported."""
    return entry is not None and isinstance(entry.value, Text) and entry.value.value.lower() in _TRUE


def items_of_texts(reader: TreeReader, entry: MapEntry | None) -> Iterator[tuple[str, int]]:
    """The texts of a list, each with its line."""
    for item in reader.items(entry):
        if isinstance(item, Text):
            yield item.value, item.line
        else:
            name = entry.key if entry else "the list"
            reader.wrong(item.line, f"expected {name} to contain texts, saw {kind_of(item)}")


def wait_s(reader: TreeReader, entry: MapEntry | None, default_s: float) -> float:
    """A duration in seconds, which may be zero; a problem if it is not a duration."""
    text = entry.value.value if entry is not None and isinstance(entry.value, Text) else ""
    if entry is None or is_filled_in_later(text):
        return default_s
    if isinstance(entry.value, Text) and not text and not entry.value.null:
        reader.wrong(entry.line, f"expected {entry.key} to be a duration such as 5m, saw ''", "write a duration")
    return reader.duration(entry, default_s)


def interval_s(reader: TreeReader, entry: MapEntry | None, default_s: float) -> float:
    """A duration in seconds; a problem if it is zero or not a duration."""
    text = reader.text(entry) if entry is not None and isinstance(entry.value, Text) else ""
    if entry is not None and text and duration_s(text) == 0:
        reader.wrong(entry.line, f"expected {entry.key} to be more than 0, saw {text!r}", "write at least 1s")
        return default_s
    return wait_s(reader, entry, default_s)
