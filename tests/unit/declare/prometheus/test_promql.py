"""Durations and expressions are read as Prometheus reads them."""

import pytest

from stackproof.declare.prometheus.promql import complaint_of, duration_s


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
def test_a_duration_is_what_prometheus_takes(text: str, seconds: float | None) -> None:
    """What Prometheus refuses is refused, and what it takes has its own length."""
    assert duration_s(text) == seconds


@pytest.mark.parametrize("expr", ["up == 0", "holt_winters(x[5m], 0.1, 0.1)", "1", "x # a comment"])
def test_promql_of_either_version_is_taken(expr: str) -> None:
    """Rules that Prometheus 2 or 3 takes are no mistake."""
    assert complaint_of(expr) is None


@pytest.mark.parametrize("expr", ["", "sum(", "rate(x)", "up[5m]", '"text"', "up[5m:1m]", "nothing(x)"])
def test_what_is_no_rule_is_told(expr: str) -> None:
    """What Prometheus refuses is told before it does."""
    assert complaint_of(expr)


def test_an_expression_that_would_end_the_parser_is_told() -> None:
    """The parser crashes the process at some thousand levels: it never sees them."""
    assert complaint_of("(" * 20_000 + "x" + ")" * 20_000)
    assert complaint_of("- " * 20_000 + "x")
    assert complaint_of("x" + " " * 20_000 + "> 1") is None
