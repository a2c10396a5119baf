"""Reads the receivers of an Alertmanager configuration, global settings taken into account."""

from collections.abc import Iterator, Mapping

from stackproof.declare.alertmanager.integrations import HTTP_KEYS, KINDS, SHARED_KEYS, KindOfIntegration
from stackproof.declare.alertmanager.parts import flat, refuse_unknown, truth
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.tree import Entry, Table, Text
from stackproof.model import Location
from stackproof.model.alerting import Integration, Receiver

_SUFFIX = "_configs"


def read_receivers(reader: TreeReader, receivers: Entry | None, top: Table) -> tuple[Receiver, ...]:
    """Read all receivers.

    Args:
        reader: Keeps what is wrong.
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
                f"the receiver {receiver.name!r} is there twice, first in line {found[receiver.name].where.line}",
                "give it a name of its own: Alertmanager refuses the whole file",
            )
        found.setdefault(receiver.name, receiver)
    return tuple(found.values())


def _receiver(reader: TreeReader, table: Table, shared: Table) -> Receiver:
    name = reader.text(table.get("name"))
    if not name:
        reader.wrong(table.line, "expected a receiver to have a name, saw none", "add name: to the receiver")
    integrations = [
        _integration(reader, kind, part, shared)
        for entry in table.entries
        if entry.key != "name"
        for kind in _kinds(reader, entry)
        for part in reader.tables(entry, f"an item of {entry.key}")
    ]
    return Receiver(name, tuple(integrations), Location(reader.file, table.line))


def _kinds(reader: TreeReader, entry: Entry) -> Iterator[str]:
    kind = entry.key.removesuffix(_SUFFIX)
    if kind in KINDS and entry.key.endswith(_SUFFIX):
        yield kind
        return
    known = ", ".join(f"{each}{_SUFFIX}" for each in KINDS)
    reader.wrong(
        entry.line,
        f"a receiver has no key {entry.key!r}; known: name, {known}",
        "mend its name, or take it out: Alertmanager refuses the whole file",
    )


def _integration(reader: TreeReader, kind: str, table: Table, shared: Table) -> Integration:
    known = KINDS[kind]
    refuse_unknown(reader, table, known.keys | SHARED_KEYS, f"an item of {kind}{_SUFFIX}")
    http = table.get("http_config")
    if http and isinstance(http.value, Table):
        refuse_unknown(reader, http.value, HTTP_KEYS, "http_config")
    parts = [*flat(table), *_inherited(known, table, shared)]
    lines: Mapping[str, int] = {entry.key: entry.line for entry in table.entries}
    resolved = table.get("send_resolved")
    return Integration(
        kind=kind,
        send_resolved=known.send_resolved if resolved is None else truth(reader, resolved),
        fields={path: text for path, text, _ in parts},
        where=Location(reader.file, table.line),
        lines={**lines, **{path: line for path, _, line in parts}},
    )


def _inherited(known: KindOfIntegration, table: Table, shared: Table) -> Iterator[tuple[str, str, int]]:
    """Global settings for the keys that the integration has not, nor their like (``api_url_file`` for ``api_url``)."""
    for key, setting in known.defaults.items():
        stem = key.removesuffix("_file")
        if table.get(stem) or table.get(f"{stem}_file"):
            continue
        entry = shared.get(setting)
        if entry and isinstance(entry.value, Text) and entry.value.value:
            yield key, entry.value.value, entry.line
