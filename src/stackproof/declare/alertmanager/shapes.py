"""Which values a setting of Alertmanager can have, and the walk that reports every other value with its line.

Alertmanager reads its file strictly: a key that it does not know, or a list where a text is wanted, makes it reject the
whole file. Source: ``yaml.UnmarshalStrict`` in https://github.com/prometheus/alertmanager/blob/main/config/config.go.
A value that another program fills in before Alertmanager reads it (``${PORT}``) is not judged.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from stackproof.declare.alertmanager.parts import is_filled_in_later, report_unknown_keys, truth
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Items, MapEntry, Table, Text, Tree, kind_of

_GO_DURATION = re.compile(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_NUMBER = re.compile(r"[-+]?[\d.][\d_.]*(?:[eE][-+]?\d+)?|0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0b[01_]+")


class Scalar(Enum):
    """A value that is neither a list nor a map."""

    TEXT = auto()
    FLAG = auto()
    """True or false."""
    WHOLE = auto()
    """A whole number; in quotes it is none."""
    COUNT = auto()
    """A whole number that is not negative."""
    NUMBER = auto()
    DURATION = auto()
    """Prometheus' form: ``1d``, ``5m``, ``1h30m``."""
    GO_DURATION = auto()
    """Go's form, without days: ``1.5s``, ``5m``, ``24h``."""
    ANY = auto()
    """Anything, also lists and maps."""


@dataclass(frozen=True, slots=True)
class Each:
    """A list of values of one shape."""

    item: "Shape"


@dataclass(frozen=True, slots=True)
class Named:
    """A map with any keys to values of one shape."""

    value: "Shape"


@dataclass(frozen=True, slots=True)
class Keys:
    """A map with known keys.

    Attributes:
        what: What it is, in messages.
        shapes: The shape of each key's value.
        at_most_one: Groups of keys of which at most one may be set.
        rule: Further conditions.
        or_text: True if a text may stand in its place.
    """

    what: str
    shapes: Mapping[str, "Shape"]
    at_most_one: tuple[tuple[str, ...], ...] = ()
    rule: Callable[[TreeReader, Table], None] | None = None
    or_text: bool = False


Shape = Scalar | Each | Named | Keys


def keys(shape: Shape, names: str) -> dict[str, Shape]:
    """Several keys of one shape; the names are separated by spaces."""
    return dict.fromkeys(names.split(), shape)


def is_set(table: Table, key: str) -> bool:
    """Whether a key has a value that is not empty."""
    entry = table.get(key)
    return entry is not None and not (isinstance(entry.value, Text) and not entry.value.value)


def check_shape(reader: TreeReader, entry: MapEntry, shape: Shape) -> None:
    """Report each part of an entry's value that Alertmanager rejects; an empty value is accepted everywhere."""
    _check(reader, entry.key, entry.line, entry.value, shape)


def check_keys(reader: TreeReader, table: Table, shape: Keys) -> None:
    """Report each part of a map that Alertmanager rejects."""
    report_unknown_keys(reader, table, shape.shapes, shape.what)
    for entry in table.entries:
        if entry.key in shape.shapes:
            check_shape(reader, entry, shape.shapes[entry.key])
    for group in shape.at_most_one:
        _check_at_most_one(reader, table, group)
    if shape.rule is not None:
        shape.rule(reader, table)


def _check_at_most_one(reader: TreeReader, table: Table, group: tuple[str, ...]) -> None:
    found = sorted((entry for entry in table.entries if entry.key in group), key=lambda entry: entry.line)
    given = [entry for entry in found if is_set(table, entry.key)]
    if len(given) > 1:
        names = " and ".join(entry.key for entry in given)
        reader.wrong(given[-1].line, f"{names} are both set; at most one of them can be", "keep one of them")


def _check(reader: TreeReader, name: str, line: int, tree: Tree, shape: Shape) -> None:
    if shape is Scalar.ANY or (isinstance(tree, Text) and (tree.null or is_filled_in_later(tree.value))):
        return
    if isinstance(shape, Scalar):
        _check_scalar(reader, MapEntry(name, line, tree), shape)
    elif isinstance(shape, Each):
        for item in reader.items(MapEntry(name, line, tree)):
            _check_item(reader, name, item, shape.item)
    elif isinstance(shape, Named):
        table = reader.table(tree, name)
        for entry in table.entries if table else ():
            check_shape(reader, entry, shape.value)
    elif not (shape.or_text and isinstance(tree, Text)):
        table = reader.table(tree, shape.what)
        if table is not None:
            check_keys(reader, table, shape)


def _check_item(reader: TreeReader, name: str, item: Tree, shape: Shape) -> None:
    if isinstance(shape, Scalar) and isinstance(item, Table | Items):
        reader.wrong(item.line, f"expected {name} to contain {_EXPECTED[shape]}, saw {kind_of(item)}")
    else:
        _check(reader, name, item.line, item, shape)


def _check_scalar(reader: TreeReader, entry: MapEntry, shape: Scalar) -> None:
    if not isinstance(entry.value, Text):
        reader.wrong(entry.line, f"expected {entry.key} to be {_EXPECTED[shape]}, saw {kind_of(entry.value)}")
    elif shape is Scalar.FLAG:
        truth(reader, entry)
    elif shape is Scalar.DURATION:
        reader.duration(entry, 0.0)
        if not entry.value.value:
            reader.wrong(entry.line, f"expected {entry.key} to be a duration such as 5m, saw ''", "write a duration")
    elif not _fits(entry.value, shape):
        seen = f"the text {entry.value.value!r}" if entry.value.quoted else repr(entry.value.value)
        reader.wrong(entry.line, f"expected {entry.key} to be {_EXPECTED[shape]}, saw {seen}", _FIXES.get(shape, ""))


def _fits(text: Text, shape: Scalar) -> bool:
    value = text.value
    if shape is Scalar.TEXT:
        return True
    if shape is Scalar.GO_DURATION:
        return _GO_DURATION.fullmatch(value) is not None or (not text.quoted and value.isdecimal())
    if text.quoted or not _NUMBER.fullmatch(value):
        return False
    return shape is Scalar.NUMBER or shape is Scalar.WHOLE or not value.startswith("-")


_EXPECTED: Mapping[Scalar, str] = {
    Scalar.TEXT: "a text",
    Scalar.FLAG: "true or false",
    Scalar.WHOLE: "a whole number",
    Scalar.COUNT: "a whole number from 0",
    Scalar.NUMBER: "a number",
    Scalar.DURATION: "a duration",
    Scalar.GO_DURATION: "a duration such as 30s, 5m or 1h30m, without days",
    Scalar.ANY: "anything",
}
_FIXES: Mapping[Scalar, str] = {
    Scalar.WHOLE: "write the number without quotes",
    Scalar.COUNT: "write the number without quotes",
    Scalar.NUMBER: "write the number without quotes",
    Scalar.GO_DURATION: "write the number with a unit: 24h for a day",
}
