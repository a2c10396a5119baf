"""Reads the matchers of routes and inhibitions, in all forms that Alertmanager's file allows."""

import re
from collections.abc import Iterator

from stackproof.declare.alertmanager.matcher_syntax import MatcherError, check_regex, parse_matchers
from stackproof.declare.alertmanager.parts import items_of_texts
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import MapEntry, Table, Text, kind_of
from stackproof.model.monitoring import LabelMatcher, MatchOp

_CLASSIC_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OF_ROUTES = frozenset(
    {"mute_time_intervals", "active_time_intervals", "routes", "group_by", "matchers", "match", "match_re", "labels"}
)


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
        value = _value(reader, entry.key, part)
        if value is None:
            continue
        matcher = LabelMatcher(part.key, op, value)
        try:
            check_regex(matcher)
        except MatcherError as error:
            reader.wrong(part.line, str(error), "correct it; patterns are anchored at both ends")
        else:
            yield matcher, part.line


def _value(reader: TreeReader, key: str, part: MapEntry) -> str | None:
    """The value of a label; None, and a problem, if it is no text or the label has no valid name."""
    if not isinstance(part.value, Text):
        message = f"{key} compares labels with texts, but {part.key} is {kind_of(part.value)}"
        is_key = part.key in _OF_ROUTES
        fix = f"{part.key} is a key of the route: give it the indentation of {key}" if is_key else "write a text"
        reader.wrong(part.line, message, fix)
    elif not _CLASSIC_NAME.fullmatch(part.key):
        fix = f"""write it under matchers: '"{part.key}"="{part.value.value}"'"""
        reader.wrong(part.line, f"{key} cannot have the label {part.key!r}: it takes only letters, digits and _", fix)
    elif part.value.null and key.endswith("_re"):
        reader.wrong(part.line, f"{key} has no pattern for {part.key}", "write a regular expression")
    else:
        return part.value.value
    return None


def _listed(reader: TreeReader, entry: MapEntry | None) -> Iterator[tuple[LabelMatcher, int]]:
    for text, line in items_of_texts(reader, entry):
        try:
            for matcher in parse_matchers(text):
                yield matcher, line
        except MatcherError as error:
            reader.wrong(line, str(error), "write each matcher as 'label=\"value\"', with =, !=, =~ or !~")
