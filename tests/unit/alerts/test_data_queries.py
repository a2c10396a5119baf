import json
from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.data_queries import questions
from stackproof.declare.dashboards import dashboard_of
from stackproof.model import DeclarationError
from tests.unit.alerts.files import RULES, alert, group


def asked(expr: str, factor: float = 1.0) -> list[str]:
    """What is asked for an alert."""
    return [each.text for each in questions(Monitoring(groups=alert(expr)), factor)]


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
def test_an_alert_is_asked_for_what_it_compares(expr: str, parts: list[str]) -> None:
    """While all is well it gives nothing, and nobody would notice that it never can."""
    assert asked(expr) == parts


def test_records_and_panels_are_asked_as_they_stand() -> None:
    """With the place of each, by the name that people know it by."""
    groups = group("- record: a:b\n  expr: a > 0")
    board = dashboard_of(
        Path("b.json"), json.dumps({"title": "B", "panels": [{"title": "P", "expr": "rate(a[$__x])"}]})
    )
    record, panel = questions(Monitoring(groups, dashboards=board.queries))
    assert str(record) == f"{RULES}:5: a:b has no data: a > 0"
    assert str(panel) == "b.json:1: P has no data: rate(a[5m])"


def test_a_quicker_clock_is_asked_in_its_own_durations() -> None:
    """Five minutes are there in five seconds."""
    assert asked("rate(a[5m]) > 1", 60) == ["rate(a[5s])"]


def test_what_is_no_promql_is_told_with_its_place() -> None:
    """It could not be asked, and that is no answer."""
    board = dashboard_of(Path("b.json"), json.dumps({"expr": "rate("}))
    with pytest.raises(DeclarationError, match=r"b\.json:1"):
        list(questions(Monitoring(dashboards=board.queries)))
