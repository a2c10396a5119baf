"""YAML as a tree of typed nodes, each with its line: for files of others, in which any node may have any type.

Texts are not converted (``010``, ``yes``, ``1h``), because Prometheus and Alertmanager do not do so either.
"""

from dataclasses import dataclass


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
