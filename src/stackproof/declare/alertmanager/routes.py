"""Reads the routing tree of an Alertmanager configuration; routes inherit from their parents what they do not set."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from stackproof.declare.alertmanager.matcher_fields import read_matchers
from stackproof.declare.alertmanager.parts import interval_s, items_of_texts, report_unknown_keys, truth
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Table
from stackproof.model import Location
from stackproof.model.monitoring import Route

_KEYS = (
    *("receiver", "group_by", "continue", "match", "match_re", "matchers", "group_wait", "group_interval"),
    *("repeat_interval", "mute_time_intervals", "active_time_intervals", "routes"),
)
_INTERVALS = ("mute_time_intervals", "active_time_intervals")
_ALL = "..."
_DEFAULTS = Route(receiver="")


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names that a route may refer to.

    Attributes:
        receivers: Names of receivers.
        intervals: Names of time intervals.
    """

    receivers: frozenset[str]
    intervals: frozenset[str]


def read_root(reader: TreeReader, table: Table, line: int, known: KnownNames) -> Route:
    """Read the whole tree.

    Args:
        reader: Collects problems.
        table: The root route.
        line: The line of the key ``route``.
        known: The names that routes may refer to.
    """
    if table.get("receiver") is None:
        reader.wrong(line, "expected the root route to have a receiver, saw none", "add receiver: with a default")
    continues = table.get("continue")
    if continues is not None and truth(reader, continues):
        reader.wrong(continues.line, "the root route has no siblings to continue with", "remove continue")
    return _route(reader, table, _DEFAULTS, known)


def _route(reader: TreeReader, table: Table, parent: Route, known: KnownNames) -> Route:
    report_unknown_keys(reader, table, _KEYS, "a route")
    matchers, lines = read_matchers(reader, table)
    continues = table.get("continue")
    route = Route(
        receiver=_receiver(reader, table, parent, known),
        matchers=matchers,
        group_by=_group_by(reader, table) or parent.group_by,
        group_wait_s=reader.duration(table.get("group_wait"), parent.group_wait_s),
        group_interval_s=interval_s(reader, table.get("group_interval"), parent.group_interval_s),
        repeat_interval_s=interval_s(reader, table.get("repeat_interval"), parent.repeat_interval_s),
        continues=truth(reader, continues),
        time_intervals=tuple(_time_intervals(reader, table, known)),
        where=Location(reader.file, table.line),
        lines={**{each.key: each.line for each in table.entries}, **lines},
    )
    children = (_route(reader, child, route, known) for child in reader.tables(table.get("routes"), "a route"))
    return replace(route, routes=tuple(children))


def _receiver(reader: TreeReader, table: Table, parent: Route, known: KnownNames) -> str:
    entry = table.get("receiver")
    name = reader.text(entry)
    if entry is not None and name and name not in known.receivers:
        names = ", ".join(sorted(each for each in known.receivers if each)) or "none"
        reader.wrong(entry.line, f"no receiver {name!r}; known: {names}", "correct the name, or add the receiver")
    return name or parent.receiver


def _group_by(reader: TreeReader, table: Table) -> tuple[str, ...]:
    labels: list[str] = []
    for label, line in items_of_texts(reader, table.get("group_by")):
        if label in labels:
            reader.wrong(line, f"group_by names {label!r} twice", "remove one: Alertmanager rejects the whole file")
        labels.append(label)
    entry = table.get("group_by")
    if entry is not None and _ALL in labels and len(labels) > 1:
        reader.wrong(entry.line, f"group_by has {_ALL!r} (all labels) and others", f"keep {_ALL!r} or the others")
    return tuple(dict.fromkeys(labels))


def _time_intervals(reader: TreeReader, table: Table, known: KnownNames) -> Iterator[str]:
    for key in _INTERVALS:
        for name, line in items_of_texts(reader, table.get(key)):
            if name not in known.intervals:
                reader.wrong(line, f"no time interval {name!r}", "correct the name, or add it to time_intervals")
            yield name
