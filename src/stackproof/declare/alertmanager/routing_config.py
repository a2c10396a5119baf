"""Reads Alertmanager's configuration.

Source: https://prometheus.io/docs/alerting/latest/configuration/. Everything that Alertmanager would reject is reported
at once, each with its line, and the rest is still read.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from stackproof.declare.alertmanager.inhibitions import read_inhibitions
from stackproof.declare.alertmanager.integrations import GLOBAL_KEYS, HTTP_KEYS
from stackproof.declare.alertmanager.parts import flat, items_of_texts, report_unknown_keys
from stackproof.declare.alertmanager.receivers import read_receivers
from stackproof.declare.alertmanager.routes import KnownNames, read_root
from stackproof.declare.alertmanager.template_files import read_template_files
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_reader import parse_tree, read_tree
from stackproof.documents.yaml_tree import Table, Tree
from stackproof.model.file_problem import FileProblem
from stackproof.model.monitoring import Route, Routing

_TOP_KEYS = (
    *("global", "templates", "route", "receivers", "inhibit_rules", "mute_time_intervals", "time_intervals"),
    "tracing",
)
_INTERVAL_LISTS = ("mute_time_intervals", "time_intervals")
_INTERVAL_KEYS = ("times", "weekdays", "days_of_month", "months", "years", "location")


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
    _check_global(reader, top)
    receivers = read_receivers(reader, top.get("receivers"), top)
    known = KnownNames(frozenset(each.name for each in receivers), _intervals(reader, top))
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
    table = reader.table(entry.value, "route")
    return read_root(reader, table, entry.line, known) if table else None


def _check_global(reader: TreeReader, top: Table) -> None:
    entry = top.get("global")
    table = reader.table(entry.value, "global") if entry and list(flat(entry.value)) else None
    if table is None:
        return
    report_unknown_keys(reader, table, GLOBAL_KEYS, "global")
    reader.duration(table.get("resolve_timeout"), 0.0)
    http = table.get("http_config")
    if http and isinstance(http.value, Table):
        report_unknown_keys(reader, http.value, HTTP_KEYS, "http_config")
    list(items_of_texts(reader, top.get("templates")))


def _intervals(reader: TreeReader, top: Table) -> frozenset[str]:
    """Names of all time intervals."""
    names = set()
    for key in _INTERVAL_LISTS:
        for table in reader.tables(top.get(key), "a time interval"):
            report_unknown_keys(reader, table, ("name", "time_intervals"), "a time interval")
            name = reader.text(table.get("name"))
            if not name or name in names:
                seen = f"{name!r} twice" if name else "none"
                reader.wrong(table.line, f"expected a time interval to have a name of its own, saw {seen}")
            names.add(name)
            for part in reader.tables(table.get("time_intervals"), "a part of a time interval"):
                report_unknown_keys(reader, part, _INTERVAL_KEYS, "a part of a time interval")
    return frozenset(names)
