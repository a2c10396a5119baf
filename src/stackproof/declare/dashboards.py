"""Reads the PromQL of Grafana dashboards, each expression with its line.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/. Depending on the
version, panels are in rows, panels, elements or under ``dashboard``. So every ``expr`` at any depth is read, except
those of data sources other than Prometheus.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stackproof.documents.text_files import read_text
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind
from stackproof.model.monitoring import DashboardQuery

# Quotes inside strings are escaped, so this matches keys only.
_BREAK = re.compile("\n")
_EXPR = re.compile(r'"expr"\s*:\s*(")')
_OTHER_SOURCES = re.compile(
    r"__expr__|loki|tempo|influx|elastic|cloudwatch|graphite|-- (Grafana|Dashboard) --", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DashboardFile:
    """A dashboard file.

    Attributes:
        queries: Its queries, in the order of the file.
        problems: Everything that is wrong.
    """

    queries: tuple[DashboardQuery, ...]
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Context:
    """The surroundings of an expression.

    Attributes:
        dashboard: Title of the outermost object that has one.
        panel: Title of the innermost object that has one.
        source: Type or name of the innermost data source; "" if there is none.
        least_interval: The innermost setting "Min step" or "Min interval"; "" if there is none.
    """

    dashboard: str = ""
    panel: str = ""
    source: str = ""
    least_interval: str = ""


def read_dashboard(file: Path) -> DashboardFile:
    """Read a dashboard.

    Raises:
        FileProblemError: The file cannot be read, or is not JSON.
    """
    return dashboard_of(file, read_text(file))


def dashboard_of(file: Path, text: str) -> DashboardFile:
    """Read a dashboard from the JSON of ``file``.

    Raises:
        FileProblemError: It is not JSON.
    """
    document = _parsed(file, text)
    if not isinstance(document, dict):
        message = f"expected a dashboard (an object), saw {_kind(document)}"
        return DashboardFile((), (FileProblem(ProblemKind.INVALID, Location(file, 1), message),))
    breaks = [found.start() for found in _BREAK.finditer(text)]
    lines = [bisect_left(breaks, found.start(1)) + 1 for found in _EXPR.finditer(text)]
    found_exprs = list(_expressions(document))
    if len(lines) != len(found_exprs):  # a duplicate key
        lines = [1] * len(found_exprs)
    queries = (
        DashboardQuery(context.dashboard, context.panel, expr, Location(file, line), context.least_interval)
        for (expr, context), line in zip(found_exprs, lines, strict=True)
        if expr.strip() and _is_prometheus(context.source)
    )
    return DashboardFile(tuple(queries))


def _parsed(file: Path, text: str) -> object:
    if not text.strip():
        raise FileProblemError(FileProblem(ProblemKind.EMPTY, Location(file), "is empty"))
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = _broken(Location(file, error.lineno), error.msg)
    except RecursionError:
        problem = _broken(Location(file), "it is nested too deeply")
    except ValueError as error:
        problem = _broken(Location(file), str(error))
    raise FileProblemError(problem)


def _broken(where: Location, message: str) -> FileProblem:
    return FileProblem(ProblemKind.BROKEN_JSON, where, f"broken JSON: {message}")


def _expressions(document: object) -> Iterator[tuple[str, _Context]]:
    """Every text under a key ``expr``, in the order of the file; without recursion, for it may be nested deeply."""
    waiting: list[tuple[object, _Context, bool]] = [(document, _Context(), False)]
    while waiting:
        part, context, is_expr = waiting.pop()
        if is_expr and isinstance(part, str):
            yield part, context
        elif isinstance(part, list):
            waiting += [(item, context, False) for item in reversed(part)]
        elif isinstance(part, dict):
            inner = _within(part, context)
            waiting += [(value, inner, key == "expr") for key, value in reversed(part.items())]


def _within(part: dict[str, object], context: _Context) -> _Context:
    title = part.get("title")
    titled = title if isinstance(title, str) and title else ""
    source = _source(part.get("datasource")) or _source(part.get("datasourceUid"))
    interval = part.get("interval")
    return _Context(
        dashboard=context.dashboard or titled,
        panel=titled or context.panel,
        source=source or context.source,
        least_interval=interval if isinstance(interval, str) and interval else context.least_interval,
    )


def _source(value: object) -> str:
    """The type of a data source if it is given, else its id or name."""
    if isinstance(value, dict):
        value = value.get("type") or value.get("uid")
    return value if isinstance(value, str) else ""


def _is_prometheus(source: str) -> bool:
    """Whether a data source may be a Prometheus: the types of plugins show it, but a name or variable does not."""
    return "prometheus" in source.lower() or not (source.endswith("-datasource") or _OTHER_SOURCES.search(source))


def _kind(document: object) -> str:
    return "a list" if isinstance(document, list) else f"{str(document)[:40]!r}"
