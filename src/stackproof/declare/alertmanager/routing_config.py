"""Reads Alertmanager's configuration.

Source: https://prometheus.io/docs/alerting/latest/configuration/. Everything that Alertmanager would reject is reported
at once, each with its line, and the rest is still read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stackproof.declare.alertmanager.global_settings import EVENTS, GLOBAL, TRACING
from stackproof.declare.alertmanager.inhibitions import read_inhibitions
from stackproof.declare.alertmanager.parts import flat, report_unknown_keys
from stackproof.declare.alertmanager.receivers import read_receivers
from stackproof.declare.alertmanager.routes import KnownNames, read_root
from stackproof.declare.alertmanager.shapes import Each, Scalar, Shape, check_shape
from stackproof.declare.alertmanager.template_files import read_template_files
from stackproof.declare.alertmanager.time_intervals import read_time_intervals
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_reader import parse_tree, read_tree
from stackproof.documents.yaml_tree import Items, Table, Text, Tree
from stackproof.model.file_problem import FileProblem
from stackproof.model.monitoring import Route, Routing

_SETTINGS: Mapping[str, Shape] = {
    "global": GLOBAL,
    "templates": Each(Scalar.TEXT),
    "tracing": TRACING,
    "event_recorder": EVENTS,
}
_TOP_KEYS = (*_SETTINGS, "route", "receivers", "inhibit_rules", "mute_time_intervals", "time_intervals")


@dataclass(frozen=True, slots=True)
class RoutingFile:
    """An Alertmanager configuration file.

    Attributes:
        routing: Everything that can be read; None if there is no root route.
        problems: Everything that is wrong.
    """

    routing: Routing | None
    problems: tuple[FileProblem, ...]

    def sound(self) -> Routing:
        """The configuration, if nothing is wrong.

        Raises:
            DeclarationError: The first problem.
        """
        if self.problems:
            raise self.problems[0].error()
        assert self.routing is not None, "what has no route has a problem"  # noqa: S101 - for the types
        return self.routing


def read_alertmanager(file: Path) -> RoutingFile:
    """Read an Alertmanager configuration with all of its problems.

    Raises:
        FileProblemError: The file cannot be read, or is not YAML.
    """
    tree = read_tree(file)
    read = routing_of(file, tree)
    if read.routing is None:
        return read
    patterns = [text for path, text in read.routing.texts.items() if path.startswith("templates.")]
    found = read_template_files(file, patterns)
    return replace(read, routing=replace(read.routing, templates=found.files, has_all_templates=found.complete))


def read_routing(file: Path) -> Routing:
    """Read an Alertmanager configuration that has no problems.

    Raises:
        DeclarationError: The file cannot be read, or Alertmanager would reject it; the error names the line.
    """
    return read_alertmanager(file).sound()


def parse_routing(text: str, file: Path = Path("alertmanager.yml")) -> Routing:
    """Read an Alertmanager configuration from text.

    Args:
        text: The configuration.
        file: The file's name in messages.

    Raises:
        DeclarationError: Alertmanager would reject it; the error names the line.
    """
    return routing_of(file, parse_tree(file, text)).sound()


def routing_of(file: Path, tree: Tree) -> RoutingFile:
    """Read a configuration from the YAML of ``file``."""
    reader = TreeReader(file)
    top = reader.table(tree, "an Alertmanager configuration")
    if top is None:
        return RoutingFile(None, tuple(reader.problems))
    report_unknown_keys(reader, top, _TOP_KEYS, "an Alertmanager configuration")
    for key, shape in _SETTINGS.items():
        entry = top.get(key)
        if entry is not None:
            check_shape(reader, entry, shape)
    receivers = read_receivers(reader, top.get("receivers"), top)
    intervals = read_time_intervals(reader, top)
    known = KnownNames(frozenset(each.name for each in receivers), frozenset(each.name for each in intervals))
    listed = top.get("receivers")
    if listed is not None and not isinstance(listed.value, Items | Text):
        known = replace(known, receivers=None)
    route = _route(reader, top, known)
    inhibitions = read_inhibitions(reader, top.get("inhibit_rules"))
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.where.line or 0))
    if route is None:
        return RoutingFile(None, problems)
    parts = list(flat(top))
    return RoutingFile(
        Routing(
            file=file,
            route=route,
            receivers=receivers,
            inhibitions=inhibitions,
            intervals=intervals,
            texts={path: text for path, text, _ in parts},
            lines={path: line for path, _, line in parts},
        ),
        problems,
    )


def _route(reader: TreeReader, top: Table, known: KnownNames) -> Route | None:
    entry = top.get("route")
    if entry is None:
        reader.wrong(top.line, "expected the key route, saw none", "add a root route with a receiver")
        return None
    if isinstance(entry.value, Text) and entry.value.null:
        reader.wrong(entry.line, "expected route to be a map, saw nothing", "add receiver: with a default")
        return None
    table = reader.table(entry.value, "route")
    return read_root(reader, table, entry.line, known) if table else None
