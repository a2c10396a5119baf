"""Reads the receivers of an Alertmanager configuration, with the global settings applied."""

from collections.abc import Iterator, Mapping

from stackproof.declare.alertmanager.integrations import KINDS, IntegrationKind
from stackproof.declare.alertmanager.parts import flat, is_true
from stackproof.declare.alertmanager.shapes import Named, Scalar, check_keys, check_shape
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import MapEntry, Table, Text
from stackproof.model import Location
from stackproof.model.monitoring import Integration, Receiver

_SUFFIX = "_configs"
_OWN_KEYS = ("name", "labels")


def read_receivers(reader: TreeReader, receivers: MapEntry | None, top: Table) -> tuple[Receiver, ...]:
    """Read all receivers.

    Args:
        reader: Collects problems.
        receivers: The entry ``receivers``.
        top: The whole file, for its global settings.
    """
    settings = top.get("global")
    shared = settings.value if settings and isinstance(settings.value, Table) else Table((), 1)
    found: dict[str, Receiver] = {}
    for table in reader.tables(receivers, "a receiver"):
        receiver = _receiver(reader, table, shared)
        if receiver.name in found:
            reader.wrong(
                table.line,
                f"the receiver {receiver.name!r} is declared twice, first in line {found[receiver.name].where.line}",
                "give it a unique name: Alertmanager rejects the whole file",
            )
        found.setdefault(receiver.name, receiver)
    return tuple(found.values())


def _receiver(reader: TreeReader, table: Table, shared: Table) -> Receiver:
    name = reader.text(table.get("name"))
    if not name:
        reader.wrong(table.line, "expected a receiver to have a name, saw none", "add name: to the receiver")
    labels = table.get("labels")
    if labels is not None:
        _check_labels(reader, labels, name)
    integrations = [
        _integration(reader, kind, part, shared)
        for entry in table.entries
        if entry.key not in _OWN_KEYS
        for kind in _kinds(reader, entry)
        for part in reader.tables(entry, f"an item of {entry.key}")
    ]
    return Receiver(name, tuple(integrations), Location(reader.file, table.line))


def _check_labels(reader: TreeReader, entry: MapEntry, name: str) -> None:
    check_shape(reader, entry, Named(Scalar.TEXT))
    own = entry.value.get("name") if isinstance(entry.value, Table) else None
    if own is not None and reader.text(own) != name:
        reader.wrong(own.line, f"the label name is {reader.text(own)!r}, but the receiver is called {name!r}")


def _kinds(reader: TreeReader, entry: MapEntry) -> Iterator[str]:
    kind = entry.key.removesuffix(_SUFFIX)
    if kind in KINDS and entry.key.endswith(_SUFFIX):
        yield kind
        return
    known = ", ".join(f"{each}{_SUFFIX}" for each in KINDS)
    reader.wrong(
        entry.line,
        f"a receiver has no key {entry.key!r}; known: name, {known}",
        "correct its name, or remove it: Alertmanager rejects the whole file",
    )


def _integration(reader: TreeReader, kind: str, table: Table, shared: Table) -> Integration:
    known = KINDS[kind]
    check_keys(reader, table, known.keys)
    parts = [*flat(table), *_inherited(known, table, shared)]
    lines: Mapping[str, int] = {entry.key: entry.line for entry in table.entries}
    resolved = table.get("send_resolved")
    return Integration(
        kind=kind,
        send_resolved=known.send_resolved if resolved is None else is_true(resolved),
        fields={path: text for path, text, _ in parts},
        where=Location(reader.file, table.line),
        lines={**lines, **{path: line for path, _, line in parts}},
    )


def _inherited(known: IntegrationKind, table: Table, shared: Table) -> Iterator[tuple[str, str, int]]:
    """Global settings for keys that the integration sets neither directly nor as a file (``api_url_file``)."""
    for key, setting in known.defaults.items():
        stem = key.removesuffix("_file")
        if table.get(stem) or table.get(f"{stem}_file"):
            continue
        entry = shared.get(setting)
        if entry and isinstance(entry.value, Text) and entry.value.value:
            yield key, entry.value.value, entry.line
