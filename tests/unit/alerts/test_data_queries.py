"""The queries that show whether rules and dashboards have data."""

import json
from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.data_queries import data_queries
from stackproof.declare.dashboards import dashboard_of
from stackproof.model import DeclarationError
from tests.unit.alerts.files import RULES, alert, group


def texts(expr: str, factor: float = 1.0) -> list[str]:
    """The queries for an alert."""
    return [each.text for each in data_queries(Monitoring(groups=alert(expr)), factor)]


@pytest.mark.parametrize(
    ("expr", "parts"),
    [
        ("up == 0", ["up"]),
        ("0.1 < a / b", ["a / b"]),
        ("rate(a[5m]) > 0.5 * rate(b[5m])", ["rate(a[5m])", "0.5 * rate(b[5m])"]),
        ("(a > 1 and on () sum(b) > 2) or c > 3", ["a", "sum(b)", "c"]),
        ("max(a > 1) without (x) and b > 2", ["a", "b"]),
        ("sum(a) or vector(0)", ["sum(a) or vector(0)"]),
        ("a / (b > 0) > 1", ["a / (b > 0)"]),
        ("vector(1)", ["vector(1)"]),
        ("a > bool 1", ["a"]),
    ],
)
def test_an_alerts_compared_values_are_queried(expr: str, parts: list[str]) -> None:
    """In a healthy stack the alert itself has no result, so nobody would notice that it never can."""
    assert texts(expr) == parts


def test_recording_rules_and_panels_are_queried_unchanged() -> None:
    """With the location of each, by the name that people know."""
    groups = group("- record: a:b\n  expr: a > 0")
    board = dashboard_of(
        Path("b.json"), json.dumps({"title": "B", "panels": [{"title": "P", "expr": "rate(a[$__x])"}]})
    )
    record, panel = data_queries(Monitoring(groups, dashboards=board.queries))
    assert str(record) == f"{RULES}:5: a:b has no data: a > 0"
    assert str(panel) == "b.json:1: P has no data: rate(a[5m])"


def test_a_faster_clock_is_queried_in_its_own_durations() -> None:
    """Five minutes pass in five seconds."""
    assert texts("rate(a[5m]) > 1", 60) == ["rate(a[5s])"]


def test_invalid_promql_is_reported_with_its_location() -> None:
    """A missing query must not look like missing data."""
    board = dashboard_of(Path("b.json"), json.dumps({"expr": "rate("}))
    with pytest.raises(DeclarationError, match=r"b\.json:1"):
        list(data_queries(Monitoring(dashboards=board.queries)))
