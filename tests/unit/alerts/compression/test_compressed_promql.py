"""Compressing PromQL: its durations, and what depends on them."""

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.alerts.compression.compressed_promql import compress_promql
from stackproof.model import DeclarationError


@pytest.mark.parametrize(
    ("expr", "compressed"),
    [
        ("rate(a[5m]) > 9", "rate(a[5s]) > 9"),
        ("rate(a[1500ms])", "rate(a[25ms])"),
        ("rate(a[5m] offset 1h)", "rate(a[5s] offset 1m)"),
        ("a offset -1h", "a offset -1m"),
        ('rate(a{b=~"c|\\\\d",e!="f"}[5m] @ end() offset 1w)', 'rate(a{b=~"c|\\\\d",e!="f"}[5s] @ end() offset 168m)'),
        ("max_over_time(rate(a[5m])[1h:30s] offset 1d)", "max_over_time(rate(a[5s])[1m:500ms] offset 24m)"),
        ("max_over_time(rate(a[5m])[1h:])", "max_over_time(rate(a[5s])[1m:])"),
        ("sum_over_time(s[30d]) / count_over_time(s[30d])", "sum_over_time(s[12h]) / count_over_time(s[12h])"),
        ("(e > 14.4 * 0.001) and (rate(l[6h]) > 6 * 0.001)", "(e > 14.4 * 0.001) and (rate(l[6m]) > 6 * 0.001)"),
    ],
)
def test_every_duration_is_divided(expr: str, compressed: str) -> None:
    """Ranges, offsets and subquery steps are a sixtieth; factors, shares and conditions stay."""
    assert compress_promql(expr, 60) == promql_parser.parse(compressed).prettify()


@pytest.mark.parametrize(
    ("expr", "compressed"),
    [
        ("increase(a[1h]) > 9", "(60 * increase(a[1m])) > 9"),
        ("deriv(a[1h]) > 9", "(deriv(a[1m]) / 60) > 9"),
        ("delta(a[1h]) > 9", "delta(a[1m]) > 9"),
        ("predict_linear(a[1h], 4 * 3600) < 0", "predict_linear(a[1m], 240) < 0"),
        ("predict_linear(a[1h], scalar(h)) < 0", "predict_linear(a[1m], (scalar(h)) / 60) < 0"),
        ("count_over_time(a[1h]) < 9", "count_over_time(a[1m]) < 9"),
        ("changes(a[1h]) > 9", "changes(a[1m]) > 9"),
        ("time() - a > 3600", "(60 * (time() - a)) > 3600"),
        ("b - time() < 86400", "(60 * (b - time())) < 86400"),
        ("a < time() - 60 * 60", "a < time() - 60"),
        ("a < 3600 + time()", "a < 60 + time()"),
        ("hour() > 8 and day_of_week(vector(time())) < 6", "hour() > 8 and day_of_week(vector(time())) < 6"),
    ],
)
def test_values_that_depend_on_time_keep_their_threshold(expr: str, compressed: str) -> None:
    """A count, a slope, an age and a forecast are scaled, so that the threshold keeps its meaning."""
    assert compress_promql(expr, 60) == promql_parser.parse(compressed).prettify()


def test_an_expression_without_time_is_unchanged() -> None:
    """Including its comments and line breaks."""
    expr = "up{job='x'}   # of all\n == 0"
    assert compress_promql(expr, 60) == expr


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ("a{", "not PromQL"),
        ("rate(a[20ms])", "at least a millisecond"),
        ("a @ 1609746000", "fixed point in time"),
        ("a > time()", "time"),
        ("2 * time() - a > 1", "time"),
    ],
)
def test_an_expression_that_cannot_be_compressed_is_refused(expr: str, message: str) -> None:
    """A rule with another meaning would be useless in a drill; one message gives the reason."""
    with pytest.raises(DeclarationError, match=message):
        compress_promql(expr, 60)


def test_two_scalings_are_merged() -> None:
    """Compressed files can be compressed again."""
    assert compress_promql(compress_promql("increase(a[1h])", 10), 6) == "(60 * increase(a[1m]))"


_NAMES = st.sampled_from(["a", 'b{c="d"}', 'e{f=~"g.*",h!="i\\"j"}', '{__name__="k"}'])
_SPANS = st.integers(1, 10_000).map(lambda minutes: f"{minutes}m")
_OFFSETS = st.one_of(st.just(""), _SPANS.map(" offset {}".format), _SPANS.map(" offset -{}".format))
_INSTANTS = st.tuples(_NAMES, _OFFSETS).map("".join)
_RANGES = st.builds("{}[{}]{}".format, _NAMES, _SPANS, _OFFSETS)
_OVER = st.sampled_from(["rate", "increase", "deriv", "delta", "avg_over_time", "changes", "last_over_time"])


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("sum by (x) ({})".format, inner),
        st.builds("topk(3, {})".format, inner),
        st.builds("-({})".format, inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["+", "/ on (x)", "> bool", "and", "^"]), inner),
        st.builds("max_over_time({}[{}:{}]{})".format, inner.map("({})".format), _SPANS, _SPANS, _OFFSETS),
        st.builds("(time() - ({}))".format, inner),
        st.builds("predict_linear({}, {})".format, _RANGES, st.integers(1, 9).map(lambda hours: hours * 3600)),
        st.builds("histogram_quantile(0.9, sum by (le) ({}))".format, inner),
    )


_EXPRS = st.recursive(st.one_of(_INSTANTS, st.builds("{}({})".format, _OVER, _RANGES)), _wider, max_leaves=6)


def _plain(expr: str) -> str:
    """The tree without doubled parentheses, which mean nothing and which compression removes."""

    def single(node: promql_parser.Expr) -> promql_parser.Expr | None:
        inner = node.expr if isinstance(node, promql_parser.ParenExpr) else None
        return inner if isinstance(inner, promql_parser.ParenExpr | promql_parser.Call) else None

    return promql_parser.transform(promql_parser.parse(expr), None, single).prettify()


@given(_EXPRS, st.sampled_from([2.0, 6.0, 10.0, 60.0, 1000.0]))
def test_compressing_and_reverting_gives_the_original_expression(expr: str, factor: float) -> None:
    """Nothing is lost on the way, however expressions are nested."""
    there = compress_promql(expr, factor)
    assert _plain(compress_promql(there, 1 / factor)) == _plain(expr)


@given(_EXPRS, st.floats(1, 1000))
def test_the_result_is_always_promql(expr: str, factor: float) -> None:
    """Also with odd durations."""
    promql_parser.parse(compress_promql(expr, factor))
