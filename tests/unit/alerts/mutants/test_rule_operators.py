"""Small wrong edits of rules."""

from pathlib import Path

import pytest

from stackproof.alerts.mutants.routing_mutants import ROUTING_OPERATORS
from stackproof.alerts.mutants.rule_mutants import RULE_OPERATORS, rule_mutants
from stackproof.alerts.promql.syntax_tree import parsed
from stackproof.model.monitoring import Rule
from tests.unit.alerts.files import alert, group


def _rule(expr: str, more: str = "") -> Rule:
    return alert(expr, more)[0].rules[0]


def _exprs(operator: str, expr: str) -> list[str]:
    found = (mutant.rule for mutant in rule_mutants(alert(expr), 15) if mutant.mutant.operator == operator)
    return [rule.expr for rule in found]


@pytest.mark.parametrize(
    ("operator", "expr", "edits"),
    [
        ("threshold", "x > 0.5", ["x > 1", "x > 0.25", "x > 0.55", "x > 0.45", "x > -0.5"]),
        ("threshold", "x > 3", ["x > 6", "x > 1.5", "x > 4", "x > 2", "x > -3"]),
        ("threshold", "x > 10 * 0.1", ["x > 2", "x > 0.5", "x > 0", "x > -1"]),
        ("threshold", "0 < x", ["1 < x"]),
        ("comparison", "x > 1", ["x >= 1", "x < 1", "x == 1"]),
        ("comparison", "x <= bool on (a) y", ["x < bool on (a) y", "x > bool on (a) y", "x == bool on (a) y"]),
        ("comparison", "up == 0", ["up != 0"]),
        ("constant", "100 * x > 1", ["200 * x > 1"]),
        ("constant", "x or vector(0)", ["x or vector(1)"]),
        ("constant", "histogram_quantile(0.95, x) > 1", ["histogram_quantile(0.5, x) > 1"]),
        ("constant", "topk(3, x) > 1", ["topk(6, x) > 1"]),
        ("constant", "vector(1)", []),
        ("window", "rate(x[5m]) > 1", ["rate(x[2m30s]) > 1", "rate(x[10m]) > 1"]),
        ("window", "x > y offset 1h", ["x > y"]),
        (
            "window",
            "max_over_time(x[1h:1m] offset 1d) > 1",
            [
                "max_over_time(x[30m:1m] offset 1d) > 1",
                "max_over_time(x[2h:1m] offset 1d) > 1",
                "max_over_time(x[1h:1m]) > 1",
            ],
        ),
        ("function", "rate(x[5m]) > 1", ["increase(x[5m]) > 1"]),
        ("connective", "x > 1 and y > 1", ["(x > 1 or y > 1)", "(x > 1 unless y > 1)", "x > 1", "y > 1"]),
        ("connective", "x / y > 1", ["(x * y) > 1"]),
        ("matcher", 'x{a="b"}', ["x", 'x{a!="b"}', 'x{a="b-other"}']),
        ("matcher", 'rate(x{a=~"b|c"}[5m])', [
            "rate(x[5m])",
            'rate(x{a!~"b|c"}[5m])',
            'rate(x{a=~"c"}[5m])',
            'rate(x{a=~"b"}[5m])',
        ]),
        ("matcher", '{__name__=~"x.*",a="b"}', [
            '{__name__=~"x.*"}',
            '{__name__=~"x.*",a!="b"}',
            '{__name__=~"x.*",a="b-other"}',
        ]),
        ("aggregation", "sum by (a) (x) > 1", ["max by (a) (x) > 1", "avg by (a) (x) > 1"]),
        ("grouping", "sum by (a, b) (x)", ["sum by (b) (x)", "sum by (a) (x)", "sum without (a, b) (x)"]),
        ("grouping", "x / on (a) group_left (c) y", ["x / on () group_left (c) y", "x / y"]),
    ],
)  # fmt: skip
def test_an_expression_is_edited_in_one_place(operator: str, expr: str, edits: list[str]) -> None:
    """Each edit is PromQL, has another meaning, and differs in one place only."""
    assert _exprs(operator, expr) == edits
    assert all(parsed(edit) is not None for edit in edits)


def test_a_duration_is_dropped_halved_and_doubled() -> None:
    """How long an alert waits, and how long it keeps firing."""
    mutants = [each.rule for each in rule_mutants(alert("up == 0", "for: 2m\nkeep_firing_for: 4m\n"), 15)]
    assert [rule.for_s for rule in mutants if rule.for_s != 120] == [0, 60, 240]
    assert [rule.keep_firing_for_s for rule in mutants if rule.keep_firing_for_s != 240] == [0, 120, 480]


def test_each_label_is_changed_and_dropped() -> None:
    """A severity becomes one that a route may match."""
    mutants = rule_mutants(alert("up == 0", "labels: {severity: critical, team: web}\n"), 15)
    labels = [dict(each.rule.labels) for each in mutants if each.mutant.operator == "label"]
    assert labels == [
        {"severity": "warning", "team": "web"},
        {"team": "web"},
        {"severity": "critical", "team": "web-other"},
        {"severity": "critical"},
    ]


def test_every_operator_edits_something() -> None:
    """An operator that edits nothing is a defect."""
    expr = 'sum by (a) (rate(x{a="b"}[5m] offset 1h)) / 2 > 1 and y > 0'
    rule = _rule(expr, "for: 2m\nlabels: {severity: critical}\n")
    assert [name for name, operate in RULE_OPERATORS.items() if not list(operate(rule))] == []


def test_a_mutant_has_its_location_and_its_diff() -> None:
    """They show the line and the edit that no test noticed."""
    rules = group("""
        - record: r
          expr: x
        - record: r
          expr: |
            sum(x)
          labels: {team: web}
    """)
    mutant = next(each.mutant for each in rule_mutants(rules, 15) if each.mutant.operator == "label")
    assert mutant.id == "rules.yaml:r#2:label-1"
    assert str(mutant.where) == "rules.yaml:9"
    assert [line for line in mutant.diff().splitlines()[3:] if line[0] in "+-"] == [
        "-  team: web",
        "+  team: web-other",
    ]


def test_every_operator_is_documented() -> None:
    """The docs explain the operator in a survivor's id."""
    page = (Path(__file__).parents[4] / "docs" / "mutants.md").read_text(encoding="utf-8")
    assert [name for name in {**RULE_OPERATORS, **ROUTING_OPERATORS} if f"| `{name}` |" not in page] == []
