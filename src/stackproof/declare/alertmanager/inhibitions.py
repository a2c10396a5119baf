"""Reads the inhibitions of an Alertmanager configuration."""

from collections.abc import Iterator

from stackproof.declare.alertmanager.matcher_fields import read_matchers
from stackproof.declare.alertmanager.parts import items_of_texts, report_unknown_keys
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import MapEntry, Table
from stackproof.model import Location
from stackproof.model.monitoring import Inhibition

_KEYS = (
    *("source_match", "source_match_re", "source_matchers", "target_match", "target_match_re", "target_matchers"),
    *("equal", "name", "sources"),
)


def read_inhibitions(reader: TreeReader, entry: MapEntry | None) -> tuple[Inhibition, ...]:
    """Read all inhibitions, without those that have several sources (``sources``) or matchers that cannot be read."""
    tables = [*reader.tables(entry, "an inhibition")]
    for table in tables:
        report_unknown_keys(reader, table, _KEYS, "an inhibition")
    read = (_inhibition(reader, table) for table in tables if table.get("sources") is None)
    return tuple(each for each in read if each is not None)


def _inhibition(reader: TreeReader, table: Table) -> Inhibition | None:
    problems = len(reader.problems)
    source, source_lines = read_matchers(reader, table, "source_")
    target, target_lines = read_matchers(reader, table, "target_")
    if len(reader.problems) > problems:
        return None
    equal = tuple(_equal(reader, table))
    own = {each.key: each.line for each in table.entries}
    return Inhibition(source, target, equal, Location(reader.file, table.line), {**own, **source_lines, **target_lines})


def _equal(reader: TreeReader, table: Table) -> Iterator[str]:
    for name, line in items_of_texts(reader, table.get("equal")):
        if name:
            yield name
        else:
            reader.wrong(line, "equal names a label without a name", "remove it")
