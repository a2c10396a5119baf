"""Queries of Grafana dashboards are read with their lines, in the formats of all versions."""

import json
from pathlib import Path

import pytest

from stackproof.declare.dashboards import dashboard_of, read_dashboard
from stackproof.model.file_problem import FileProblemError

HERE = Path("board.json")
BOARD = """\
{
  "title": "Gateway",
  "description": "say \\"expr\\": \\"x\\"",
  "panels": [
    {"type": "row", "title": "Row", "panels": [
      {"title": "Rate", "datasource": {"type": "prometheus", "uid": "p"}, "targets": [
        {"refId": "A",
         "expr": "sum(rate(x[$__rate_interval]))\\n/ 2"},
        {"refId": "B", "expr": ""}
      ]}
    ]},
    {"title": "Logs", "datasource": {"type": "loki", "uid": "l"}, "targets": [{"expr": "{job=\\"a\\"} |= `x`"}]},
    {"title": "Mixed", "datasource": {"uid": "-- Mixed --"}, "targets": [
      {"datasource": {"type": "__expr__", "uid": "__expr__"}, "expr": "A"},
      {"datasource": {"type": "prometheus", "uid": "${ds}"}, "expr": "up"}
    ]},
    {"title": "Text"},
    {"title": "Library", "libraryPanel": {"name": "shared", "uid": "u"}}
  ]
}
"""


def _read(text: str) -> list[tuple[str, str, str, int | None]]:
    return [(each.dashboard, each.panel, each.expr, each.where.line) for each in dashboard_of(HERE, text).queries]


def test_an_expression_has_its_panel_and_its_line() -> None:
    """Rows, mixed sources and logs: queries of Prometheus are read, with the line of their text."""
    assert _read(BOARD) == [
        ("Gateway", "Rate", "sum(rate(x[$__rate_interval]))\n/ 2", 8),
        ("Gateway", "Mixed", "up", 15),
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"title": "B", "rows": [{"panels": [{"title": "P", "targets": [{"expr": "up"}]}]}]},
        {"dashboard": {"title": "B", "panels": [{"title": "P", "datasource": "Prom", "targets": [{"expr": "up"}]}]}},
        {"spec": {"title": "B", "elements": {"p": {"spec": {"title": "P", "data": {"query": {"expr": "up"}}}}}}},
    ],
)
def test_every_version_of_the_format_is_read(document: object) -> None:
    """Old rows, exports of the API, the second schema."""
    assert _read(json.dumps(document)) == [("B", "P", "up", 1)]


@pytest.mark.parametrize(
    ("text", "line"),
    [('{"a": 1,\n}', 2), ("", None), ("[" * 100000, None), ("nope", 1)],
)
def test_invalid_json_is_a_problem_with_its_line(text: str, line: int | None) -> None:
    """Broken, empty and endlessly nested files give one message."""
    with pytest.raises(FileProblemError) as caught:
        dashboard_of(HERE, text)
    assert caught.value.problem.where.line == line


@pytest.mark.parametrize("text", ["[]", "3", '"x"', "null"])
def test_another_kind_of_file_is_a_problem(text: str) -> None:
    """It is reported."""
    assert [each.where.line for each in dashboard_of(HERE, text).problems] == [1]


def test_other_json_has_no_queries() -> None:
    """A folder may have other files."""
    assert dashboard_of(HERE, '{"name": "x", "targets": null, "expr": 3}').queries == ()


def test_a_file_that_is_not_text_is_reported(tmp_path: Path) -> None:
    """Like every file that cannot be read."""
    file = tmp_path / "b.json"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(FileProblemError, match=r"b\.json"):
        read_dashboard(file)
