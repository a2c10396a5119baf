"""Durations and expressions are read as Prometheus reads them."""

import pytest

from stackproof.declare.prometheus.syntax import PromqlNotReadError, duration_s, rule_expression_problem


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("0s", 0.0),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("500ms", 0.5),
        ("1w2d", 777600.0),
        ("5", None),
        ("1.5h", None),
        ("30m1h", None),
        ("-1m", None),
        ("", None),
        ("5 m", None),
        ("9" * 40 + "y", None),
    ],
)
def test_a_duration_is_read_as_by_prometheus(text: str, seconds: float | None) -> None:
    """Rejected if Prometheus rejects it, else with the same length."""
    assert duration_s(text) == seconds


@pytest.mark.parametrize("expr", ["up == 0", "holt_winters(x[5m], 0.1, 0.1)", "1", "x # a comment"])
def test_promql_of_both_versions_is_accepted(expr: str) -> None:
    """Rules for Prometheus 2 or 3 are not a mistake."""
    assert rule_expression_problem(expr) is None


@pytest.mark.parametrize("expr", ["", "sum(", "rate(x)", "up[5m]", '"text"', "up[5m:1m]", "nothing(x)"])
def test_an_invalid_rule_expression_has_a_problem(expr: str) -> None:
    """The problem is found before Prometheus finds it."""
    assert rule_expression_problem(expr)


def test_an_expression_that_would_crash_the_parser_has_a_problem() -> None:
    """The parser crashes the process at some thousand levels, so it never gets them."""
    assert rule_expression_problem("(" * 20_000 + "x" + ")" * 20_000)
    assert rule_expression_problem("- " * 20_000 + "x")
    assert rule_expression_problem("x" + " " * 20_000 + "> 1") is None


@pytest.mark.parametrize(
    "expr",
    ["rate(x[5m] anchored)", "x </ 0.5", "rate(x[5m * 2])", "x offset -(1h)", "x > 10_000", "-" * 900 + "1"],
)
def test_newer_promql_is_not_read_and_no_mistake(expr: str) -> None:
    """What today's Prometheus accepts is never called invalid because the parser lags behind."""
    assert isinstance(rule_expression_problem(expr), PromqlNotReadError)


@pytest.mark.parametrize("expr", ["(" * 5000 + "1" + ")" * 5000, "x" + " + x" * 5000, "x" * 60_000])
def test_a_huge_expression_is_not_read(expr: str) -> None:
    """It would take all memory, or crash the process: the bound is named instead."""
    assert isinstance(rule_expression_problem(expr), PromqlNotReadError)
