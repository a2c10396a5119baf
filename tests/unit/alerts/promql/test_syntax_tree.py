"""Facts from a PromQL tree agree with how Prometheus evaluates it."""

import promql_parser as pp
import pytest

from stackproof.alerts.promql import syntax_tree as promql
from stackproof.alerts.promql.syntax_tree import comparison, conditions, is_scalar, metrics, number, operators, walk
from stackproof.model.monitoring import LabelMatcher, MatchOp


def _tree(expr: str) -> pp.Expr:
    tree = promql.parsed(expr)
    assert tree is not None
    return tree


def test_every_node_is_visited_with_its_parents() -> None:
    """A check can ask whether there is a rate around a selector."""
    kinds = [(type(v.node).__name__, len(v.parents)) for v in walk(_tree("sum by (a) (rate(x[5m])) > 2 * -y"))]
    assert kinds == [
        ("BinaryExpr", 0),
        ("AggregateExpr", 1),
        ("Call", 2),
        ("MatrixSelector", 3),
        ("VectorSelector", 4),
        ("BinaryExpr", 1),
        ("NumberLiteral", 2),
        ("UnaryExpr", 2),
        ("VectorSelector", 3),
    ]


def test_a_metric_may_be_named_in_braces() -> None:
    """`{__name__="x"}` and `{"x"}` are x; a pattern names no single metric."""
    assert metrics(_tree('a + {__name__="b"} + {"c.d"} + {__name__=~"e.*"}')) == {"a", "b", "c.d"}


def test_label_matchers_are_read() -> None:
    """Each matcher except the name; alternatives are not a single condition."""
    (selector,) = promql.selectors(_tree('{__name__="x", job="a", b!="c", d=~"e", f!~"g"}'))
    assert promql.matchers(selector) == (
        LabelMatcher("job", MatchOp.EQUAL, "a"),
        LabelMatcher("b", MatchOp.NOT_EQUAL, "c"),
        LabelMatcher("d", MatchOp.REGEX, "e"),
        LabelMatcher("f", MatchOp.NOT_REGEX, "g"),
    )
    (selector,) = promql.selectors(_tree('x{a="b" or c="d"}'))
    assert promql.matchers(selector) == ()


@pytest.mark.parametrize(
    ("expr", "value"),
    [("1", 1.0), ("-(2)", -2.0), ("14.4 * (1 - 0.999)", pytest.approx(0.0144)), ("x", None), ("1 / 0", None)],
)
def test_a_constant_is_computed(expr: str, value: object) -> None:
    """Thresholds may be written as arithmetic."""
    assert number(_tree(expr)) == value


@pytest.mark.parametrize(
    ("expr", "scalar"),
    [("1 + 2", True), ("time()", True), ("scalar(x)", True), ("vector(1)", False), ("time() - x", False)],
)
def test_numbers_are_distinguished_from_series(expr: str, *, scalar: bool) -> None:
    """A number has no labels, a series does."""
    assert is_scalar(_tree(expr)) is scalar


@pytest.mark.parametrize(
    ("expr", "op", "bound"),
    [("x > 1", ">", 1.0), ("(1 < x)", ">", 1.0), ("2 >= x", "<=", 2.0), ("0 == x", "==", 0.0)],
)
def test_a_comparison_is_read_from_either_side(expr: str, op: str, bound: float) -> None:
    """`1 < x` equals `x > 1`."""
    found = comparison(_tree(expr))
    assert found is not None
    assert (found.op, found.bound) == (op, bound)


@pytest.mark.parametrize("expr", ["x > y", "x > bool 1", "x", "x + 1"])
def test_only_filters_by_a_number_are_comparisons(expr: str) -> None:
    """`bool` never removes a series, and another series is not a threshold."""
    assert comparison(_tree(expr)) is None


def test_all_conditions_of_an_alert_are_found() -> None:
    """However they are joined; what `unless` removes is not a condition for firing."""
    found = conditions(_tree("(a > 1 and b < 2) or count(c == 3) unless d > 4"))
    assert [(each.op, each.bound) for each in found] == [(">", 1.0), ("<", 2.0), ("==", 3.0)]


def test_operators_are_found_at_any_depth() -> None:
    """An `or` deep inside still guards."""
    assert operators(_tree("sum(a or b) > 1")) == {">", "or"}


def test_invalid_promql_has_no_tree() -> None:
    """Reading the file reports it; checks skip it."""
    assert promql.parsed("sum(") is None


@pytest.mark.parametrize("expr", ["(" * 20_000 + "x" + ")" * 20_000, "-" * 50_000 + "x", "+".join(["x"] * 1000)])
def test_an_extremely_deep_expression_is_skipped(expr: str) -> None:
    """It must not crash the process."""
    assert promql.parsed(expr) is None
