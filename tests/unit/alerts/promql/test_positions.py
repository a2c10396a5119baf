"""Findings stand at the line of the operator, call or selector that is wrong."""

import promql_parser as pp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.alerts.promql.positions import offsets
from stackproof.alerts.promql.syntax_tree import parsed, walk


def _token(node: pp.Expr) -> str | None:
    """What stands in the text where a node begins; None for a node without a token of its own."""
    if isinstance(node, pp.BinaryExpr):
        return str(node.op)
    if isinstance(node, pp.AggregateExpr):
        return str(node.op)
    if isinstance(node, pp.Call):
        return str(node.func.name)
    return (node.name or "{") if isinstance(node, pp.VectorSelector) else None


def _check(text: str) -> int:
    """Compare each node's token with the text at its offset, and count them."""
    tree = parsed(text)
    assert tree is not None, text
    found = offsets(text, tree)
    nodes = {id(visit.node): visit.node for visit in walk(tree)}
    for node_id, offset in found.items():
        token = _token(nodes[node_id])
        assert token is not None
        assert text[offset:].lower().startswith(token), (text, offset, token)
    return len(found)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("up == 0", 2),
        ("sum by (job) (rate(x[5m])) / on (job) group_left sum(y) > 0.1", 7),
        ("sum(x) by (job) > 1 and absent(y)", 6),
        ("a - -1 and b > -2", 5),
        ('x{a="sum(y) > 1", b=\'and\'} or {__name__="z"}', 3),
        ("x # sum(y) > 1\n  + y", 3),
        ("x offset 5m > 1e-3", 2),
        ("x > bool 1e+9 unless y @ end() < 0x1f", 5),
        ("max_over_time(x[1h:5m] offset 1d) ^ 2 ^ 3", 4),
        ("sum without (and, or) (x) atan2 y", 4),
        ("(((x))) * ((y))", 3),
        ("count_values('on', x) != inf", 3),
    ],
)
def test_each_token_stands_where_it_is_said(text: str, count: int) -> None:
    """Words in texts and comments, signs of numbers and lists of labels are not taken for operators or calls."""
    assert _check(text) >= count - 1


_NAMES = st.sampled_from(["up", "x", "rate_of_x", "ns:pods:sum", "on_call", "by_job", "{a='b'}", 'y{c=~"d.*", e!="("}'])
_VECTORS = st.recursive(
    _NAMES,
    lambda inner: st.one_of(
        st.builds(
            "({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "and", "or\n", "unless", "> bool"]), inner
        ),
        st.builds(
            "{}({})".format, st.sampled_from(["sum", "max by (a)", "abs", "ceil", "count without (b, c)"]), inner
        ),
        st.builds("{} # {}\n > {}".format, inner, st.sampled_from(["x > 1", "sum(y)"]), st.sampled_from(["1", "-2"])),
        st.builds("rate({}[5m])".format, st.sampled_from(["x", "y{a='b'}"])),
        st.builds("{} offset 5m".format, _NAMES),
    ),
    max_leaves=8,
)


@given(_VECTORS)
def test_tokens_of_any_expression_stand_where_it_is_said(text: str) -> None:
    """Where the tokens and the nodes do not add up, no place is said; a wrong one never is."""
    if parsed(text) is not None:
        _check(text)
