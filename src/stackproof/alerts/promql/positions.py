"""Where each node of an expression stands in its text; the parser does not say it.

Binary operators, calls and selectors stand in the text in the same order as in the tree, so each list of tokens is
paired with the list of nodes. Where the numbers differ, the positions are unknown.
"""

import re
from collections.abc import Iterator, Mapping

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.promql.syntax_tree import children

_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|\s+|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|\[[^\]]*\])
    |(?P<braces>\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[^}"'`])*\})
    |(?P<number>0x[0-9a-fA-F]+|\d[\w.]*(?:(?<=[eE])[-+]\d+)?|\.\d[\w]*)
    |(?P<name>[a-zA-Z_:][\w:]*)
    |(?P<op>==|!=|<=|>=|[-+*/%^<>])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_WORD_OPERATORS = frozenset({"and", "or", "unless", "atan2"})
_LISTS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORDS = _LISTS | {"bool", "offset", "inf", "nan", "start", "end"}


def offsets(text: str, tree: Expr) -> Mapping[int, int]:
    """The offset in a text at which each node's own token begins, by the ``id`` of the node.

    The token of an operator is its sign, that of a call or aggregation its name. Nodes without a token of their own
    (numbers, parentheses) are missing.

    Args:
        text: The expression.
        tree: Its syntax tree.
    """
    operators, calls, selectors = _tokens(text)
    nodes: tuple[list[Expr], list[Expr], list[Expr]] = ([], [], [])
    for node in _in_order(tree):
        if isinstance(node, pp.BinaryExpr):
            nodes[0].append(node)
        elif isinstance(node, pp.Call | pp.AggregateExpr):
            nodes[1].append(node)
        else:
            nodes[2].append(node)
    found: dict[int, int] = {}
    for places, listed in zip((operators, calls, selectors), nodes, strict=True):
        if len(places) == len(listed):
            found.update((id(node), place) for node, place in zip(listed, places, strict=True))
    return found


def _in_order(node: Expr) -> Iterator[Expr]:
    """The nodes with a token, in the order of their tokens."""
    if isinstance(node, pp.BinaryExpr):
        yield from _in_order(node.lhs)
        yield node
        yield from _in_order(node.rhs)
        return
    if isinstance(node, pp.Call | pp.AggregateExpr | pp.VectorSelector):
        yield node
    for child in children(node):
        yield from _in_order(child)


def _tokens(text: str) -> tuple[list[int], list[int], list[int]]:
    """The offsets of binary operators, of calls and aggregations, and of selectors."""
    operators: list[int] = []
    calls: list[int] = []
    selectors: list[int] = []
    before = ""  # the last token; "" where a value is expected
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        assert found is not None  # noqa: S101 - for the types: the last alternative matches everything
        position, kind, token = found.end(), found.lastgroup, found[0]
        if kind == "skip":
            continue
        if kind == "name" and token.lower() in _LISTS:
            position = _after_list(text, position)
            continue
        if kind == "name" and token.lower() in _WORD_OPERATORS:
            operators.append(found.start())
            before = ""
        elif kind == "name" and token.lower() not in _WORDS:
            (calls if _is_call(text, position) else selectors).append(found.start())
            before = token
        elif kind == "braces" and (not before or before in {"(", ","}):
            selectors.append(found.start())
            before = token
        elif kind == "op" and before and before not in {"(", ",", "@"}:
            operators.append(found.start())
            before = ""
        elif kind != "op":
            before = "" if token.lower() in {"bool", "offset"} else token
    return operators, calls, selectors


def _is_call(text: str, position: int) -> bool:
    """Whether parentheses follow, maybe after ``by (...)``."""
    rest = re.compile(r"(?:\s|#[^\n]*+)*+(?:(?P<paren>\()|(?:by|without)\b)", re.IGNORECASE)
    return rest.match(text, position) is not None


def _after_list(text: str, position: int) -> int:
    """The offset behind the labels in parentheses, or ``position`` if there are none."""
    listed = re.compile(r"""\s*\((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^)"'])*\)""").match(text, position)
    return position if listed is None else listed.end()
