"""Reads the routing tree of an Alertmanager configuration; routes inherit from their parents what they do not set."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from stackproof.declare.alertmanager.matcher_fields import read_matchers
from stackproof.declare.alertmanager.parts import (
    interval_s,
    is_filled_in_later,
    is_true,
    items_of_texts,
    report_unknown_keys,
    truth,
    wait_s,
)
from stackproof.declare.alertmanager.shapes import Named, Scalar, check_shape
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Items, Table, Text
from stackproof.model import Location
from stackproof.model.monitoring import Route

_KEYS = (
    *("receiver", "group_by", "continue", "match", "match_re", "matchers", "group_wait", "group_interval"),
    *("repeat_interval", "mute_time_intervals", "active_time_intervals", "routes", "labels"),
)
_INTERVALS = ("mute_time_intervals", "active_time_intervals")
_ALL = "..."
_MOST_LISTED = 50
_DEFAULTS = Route(receiver="")


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names that a route may refer to.

    Attributes:
        receivers: Names of receivers; None if they could not be read.
        intervals: Names of time intervals.
    """

    receivers: frozenset[str] | None
    intervals: frozenset[str]


def read_root(reader: TreeReader, table: Table, line: int, known: KnownNames) -> Route:
    """Read the whole tree.

    Args:
        reader: Collects problems.
        table: The root route.
        line: The line of the key ``route``.
        known: The names that routes may refer to.
    """
    own = table.get("receiver")
    if own is None or (isinstance(own.value, Text) and not own.value.value):
        at = own.line if own else line
        reader.wrong(at, "expected the root route to have a receiver, saw none", "add receiver: with a default")
    continues = table.get("continue")
    if is_true(continues) and continues is not None:
        reader.wrong(continues.line, "the root route has no siblings to continue with", "remove continue")
    return _tree(reader, table, known)


@dataclass(slots=True)
class _Draft:
    """A route whose children are not yet read.

    Attributes:
        route: The route without them.
        table: Where it is read from.
        above: The route above it; None for the root.
        children: Its children that are complete, from the last to the first.
    """

    route: Route
    table: Table
    above: "_Draft | None" = None
    children: list[Route] = field(default_factory=list)


def _tree(reader: TreeReader, table: Table, known: KnownNames) -> Route:
    """Read routes without recursion, because a file may nest them deeply."""
    drafts = [_Draft(_route(reader, table, _DEFAULTS, known), table)]
    for draft in drafts:  # grows while it is read
        children = reader.tables(draft.table.get("routes"), "a route")
        drafts.extend(_Draft(_route(reader, child, draft.route, known), child, draft) for child in children)
    root = drafts[0]
    for draft in reversed(drafts):
        complete = replace(draft.route, routes=tuple(reversed(draft.children)))
        (draft.above or root).children.append(complete)
    return root.children[-1]


def _route(reader: TreeReader, table: Table, parent: Route, known: KnownNames) -> Route:
    report_unknown_keys(reader, table, _KEYS, "a route")
    problems = len(reader.problems)
    matchers, lines = read_matchers(reader, table)
    complete = len(reader.problems) == problems
    continues = table.get("continue")
    labels = table.get("labels")
    if labels is not None:
        check_shape(reader, labels, Named(Scalar.TEXT))
    return Route(
        receiver=_receiver(reader, table, parent, known),
        matchers=matchers,
        group_by=_group_by(reader, table, parent),
        group_wait_s=wait_s(reader, table.get("group_wait"), parent.group_wait_s),
        group_interval_s=interval_s(reader, table.get("group_interval"), parent.group_interval_s),
        repeat_interval_s=interval_s(reader, table.get("repeat_interval"), parent.repeat_interval_s),
        continues=truth(reader, continues),
        complete=complete,
        time_intervals=tuple(_time_intervals(reader, table, known)),
        where=Location(reader.file, table.line),
        lines={**{each.key: each.line for each in table.entries}, **lines},
    )


def _receiver(reader: TreeReader, table: Table, parent: Route, known: KnownNames) -> str:
    entry = table.get("receiver")
    name = reader.text(entry)
    if entry is None or not name or known.receivers is None or is_filled_in_later(name):
        return name or parent.receiver
    if name not in known.receivers:
        known_ones = _listed(known.receivers)
        reader.wrong(entry.line, f"no receiver {name!r}; known: {known_ones}", "correct the name, or add the receiver")
    return name or parent.receiver


@lru_cache(maxsize=1)
def _listed(names: frozenset[str]) -> str:
    """Names for a message, which many routes may need."""
    named = sorted(each for each in names if each)
    more = f" and {len(named) - _MOST_LISTED:,} more" if len(named) > _MOST_LISTED else ""
    return f"{', '.join(named[:_MOST_LISTED]) or 'none'}{more}"


def _group_by(reader: TreeReader, table: Table, parent: Route) -> tuple[str, ...]:
    """The labels to group by; an empty list overrides the parent's too."""
    entry = table.get("group_by")
    labels: dict[str, int] = {}
    for label, line in items_of_texts(reader, entry):
        if not label:
            reader.wrong(line, "group_by names a label without a name", "remove it")
        elif label in labels and label != _ALL:
            reader.wrong(line, f"group_by names {label!r} twice", "remove one: Alertmanager rejects the whole file")
        labels.setdefault(label, line)
    if entry is not None and _ALL in labels and len(labels) > 1:
        reader.wrong(entry.line, f"group_by has {_ALL!r} (all labels) and others", f"keep {_ALL!r} or the others")
    return tuple(labels) if entry is not None and isinstance(entry.value, Items) else parent.group_by


def _time_intervals(reader: TreeReader, table: Table, known: KnownNames) -> Iterator[str]:
    for key in _INTERVALS:
        for name, line in items_of_texts(reader, table.get(key)):
            if name not in known.intervals and not is_filled_in_later(name):
                reader.wrong(line, f"no time interval {name!r}", "correct the name, or add it to time_intervals")
            yield name
