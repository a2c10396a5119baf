"""Reads the PromQL of Grafana's dashboards, each expression with its line.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/. Panels stand in
rows, in panels, in elements, or under ``dashboard``, as the version has it; so every ``expr`` is looked for, wherever
it stands, but for those of sources that are not Prometheus.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stackproof.documents.tree import read_text
from stackproof.model import Location
from stackproof.model.alerting import DashboardQuery
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind

# A quote within a text is escaped, so that this is found as a key alone.
_EXPR = re.compile(r'"expr"\s*:\s*(")')
_OTHER_SOURCES = re.compile(
    r"__expr__|loki|tempo|influx|elastic|cloudwatch|graphite|-- (Grafana|Dashboard) --", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DashboardFile:
    """What a dashboard asks.

    Attributes:
        queries: Its expressions, in the order of the file.
        problems: All that is wrong with it.
    """

    queries: tuple[DashboardQuery, ...]
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Around:
    """What an expression stands in.

    Attributes:
        dashboard: Title of the outermost part that has one.
        panel: Title of the innermost.
        source: Type or name of the innermost data source; "" where none is said.
    """

    dashboard: str = ""
    panel: str = ""
    source: str = ""


def read_dashboard(file: Path) -> DashboardFile:
    """Read a dashboard.

    Raises:
        FileProblemError: The file cannot be read, or is no JSON.
    """
    return dashboard_of(file, read_text(file))


def dashboard_of(file: Path, text: str) -> DashboardFile:
    """Read a dashboard from JSON, of which ``file`` is the place.

    Raises:
        FileProblemError: It is no JSON.
    """
    document = _parsed(file, text)
    if not isinstance(document, dict):
        message = f"expected a dashboard (an object), saw {_kind(document)}"
        return DashboardFile((), (FileProblem(ProblemKind.INVALID, Location(file, 1), message),))
    lines = [text.count("\n", 0, found.start(1)) + 1 for found in _EXPR.finditer(text)]
    try:
        found_exprs = list(_expressions(document, _Around()))
    except RecursionError:
        raise FileProblemError(_broken(Location(file), "it is nested without end")) from None
    if len(lines) != len(found_exprs):  # a key that is there twice
        lines = [1] * len(found_exprs)
    queries = (
        DashboardQuery(around.dashboard, around.panel, expr, Location(file, line))
        for (expr, around), line in zip(found_exprs, lines, strict=True)
        if expr.strip() and _is_prometheus(around.source)
    )
    return DashboardFile(tuple(queries))


def _parsed(file: Path, text: str) -> object:
    if not text.strip():
        raise FileProblemError(FileProblem(ProblemKind.EMPTY, Location(file), "has nothing in it"))
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = _broken(Location(file, error.lineno), error.msg)
    except RecursionError:
        problem = _broken(Location(file), "it is nested without end")
    except ValueError as error:
        problem = _broken(Location(file), str(error))
    raise FileProblemError(problem)


def _broken(where: Location, message: str) -> FileProblem:
    return FileProblem(ProblemKind.BROKEN_JSON, where, f"broken JSON: {message}")


def _expressions(part: object, around: _Around) -> Iterator[tuple[str, _Around]]:
    """Every text under a key ``expr``, in the order of the file."""
    if isinstance(part, list):
        for item in part:
            yield from _expressions(item, around)
    elif isinstance(part, dict):
        inner = _within(part, around)
        for key, value in part.items():
            if key == "expr" and isinstance(value, str):
                yield value, inner
            else:
                yield from _expressions(value, inner)


def _within(part: dict[str, object], around: _Around) -> _Around:
    title = part.get("title")
    titled = title if isinstance(title, str) and title else ""
    source = _source(part.get("datasource")) or _source(part.get("datasourceUid"))
    return _Around(
        dashboard=around.dashboard or titled,
        panel=titled or around.panel,
        source=source or around.source,
    )


def _source(said: object) -> str:
    """The type of a data source where it is told, else its id or name."""
    if isinstance(said, dict):
        said = said.get("type") or said.get("uid")
    return said if isinstance(said, str) else ""


def _is_prometheus(source: str) -> bool:
    """Whether a data source can be a Prometheus: plugins say so in their type; a name or variable says nothing."""
    return "prometheus" in source.lower() or not (source.endswith("-datasource") or _OTHER_SOURCES.search(source))


def _kind(document: object) -> str:
    return "a list" if isinstance(document, list) else f"{str(document)[:40]!r}"
