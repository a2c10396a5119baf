"""Reads the matchers of routes and inhibitions, in all forms that Alertmanager's file allows."""

from collections.abc import Iterator

from stackproof.declare.alertmanager.matcher_syntax import MatcherError, check_regex, parse_matchers
from stackproof.declare.alertmanager.parts import items_of_texts
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import MapEntry, Table, Text
from stackproof.model.monitoring import LabelMatcher, MatchOp


def read_matchers(
    reader: TreeReader, table: Table, prefix: str = ""
) -> tuple[tuple[LabelMatcher, ...], dict[str, int]]:
    """All matchers of a route or inhibition, and their lines.

    Args:
        reader: Collects problems.
        table: The route or inhibition.
        prefix: ``source_`` or ``target_`` in an inhibition.

    Returns:
        The matchers, and lines under ``matchers`` (where the first begins) and ``matchers.0`` and so on.
    """
    found = [
        *_mapped(reader, table.get(f"{prefix}match"), MatchOp.EQUAL),
        *_mapped(reader, table.get(f"{prefix}match_re"), MatchOp.REGEX),
        *_listed(reader, table.get(f"{prefix}matchers")),
    ]
    key = f"{prefix}matchers"
    lines = {f"{key}.{place}": line for place, (_, line) in enumerate(found)}
    if found:
        lines[key] = found[0][1]
    return tuple(matcher for matcher, _ in found), lines


def _mapped(reader: TreeReader, entry: MapEntry | None, op: MatchOp) -> Iterator[tuple[LabelMatcher, int]]:
    if entry is None or (isinstance(entry.value, Text) and entry.value.null):
        return
    table = reader.table(entry.value, entry.key)
    for part in table.entries if table else ():
        matcher = LabelMatcher(part.key, op, reader.text(part))
        try:
            check_regex(matcher)
        except MatcherError as error:
            reader.wrong(part.line, str(error), "correct it; patterns are anchored at both ends")
        else:
            yield matcher, part.line


def _listed(reader: TreeReader, entry: MapEntry | None) -> Iterator[tuple[LabelMatcher, int]]:
    for text, line in items_of_texts(reader, entry):
        try:
            for matcher in parse_matchers(text):
                yield matcher, line
        except MatcherError as error:
            reader.wrong(line, str(error), "write each matcher as 'label=\"value\"', with =, !=, =~ or !~")
