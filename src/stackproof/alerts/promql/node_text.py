"""Writes nodes of a PromQL syntax tree with some parts changed; the parser builds nodes only from text.

The caller parses the new text and puts the node into the tree with ``promql_parser.transform``. Nothing is replaced
in the text of a whole expression.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

import promql_parser
from promql_parser import (
    AtModifier,
    AtModifierType,
    Expr,
    Matcher,
    MatrixSelector,
    SubqueryExpr,
    VectorSelector,
)

from stackproof.alerts.promql.millisecond_durations import whole_ms, write_ms
from stackproof.declare.prometheus.syntax import PromqlSyntaxError, parse_expression
from stackproof.model import DeclarationError, Location

_PLAIN_NAME = re.compile(r"[a-zA-Z_]\w*", re.ASCII)
_OPS = (
    (promql_parser.MatchOp.Equal, "="),
    (promql_parser.MatchOp.NotEqual, "!="),
    (promql_parser.MatchOp.Re, "=~"),
    (promql_parser.MatchOp.NotRe, "!~"),
)


def parse_promql(expr: str, where: Location) -> Expr:
    """The syntax tree of an expression.

    Raises:
        DeclarationError: It is not PromQL.
    """
    try:
        return parse_expression(expr)
    except PromqlSyntaxError as error:
        raise DeclarationError(
            f"not PromQL: {error}; saw {expr!r}", where=where, fix="correct the expression"
        ) from None


def quoted(text: str) -> str:
    """A text in PromQL's double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def op_text(op: promql_parser.MatchOp) -> str:
    """A matcher's operator as PromQL writes it."""
    return next(text for known, text in _OPS if known == op)


def matcher_text(name: str, op: str, value: str) -> str:
    """A matcher on a label."""
    return f"{name if _PLAIN_NAME.fullmatch(name) else quoted(name)}{op}{quoted(value)}"


def selector_text(node: VectorSelector, conditions: str, offset_ms: int) -> str:
    """A selector with these matchers (the text in braces) and this offset; its name and ``@`` stay."""
    return _named(node, conditions) + _moved(node.at, offset_ms)


def conditions_text(node: VectorSelector) -> str:
    """The text in a selector's braces, also of VictoriaMetrics' ``{a="1" or b="2"}``."""
    groups = node.matchers.or_matchers or [node.matchers.matchers]
    return " or ".join(",".join(_texts(group)) for group in groups)


def matrix_text(node: MatrixSelector, range_ms: int, offset_ms: int) -> str:
    """A range selector with this range and this offset; the rest stays."""
    inner = node.vector_selector
    return f"{_named(inner, conditions_text(inner))}[{write_ms(range_ms)}]{_moved(inner.at, offset_ms)}"


def subquery_text(node: SubqueryExpr, range_ms: int, step_ms: int | None, offset_ms: int) -> str:
    """A subquery with this range, step and offset; the rest stays."""
    step = "" if step_ms is None else write_ms(step_ms)
    return f"{node.expr.prettify()}[{write_ms(range_ms)}:{step}]{_moved(node.at, offset_ms)}"


def span_ms(span: timedelta | None) -> int:
    """Milliseconds of a span; 0 for None."""
    return 0 if span is None else whole_ms(span)


def _texts(matchers: Iterable[Matcher]) -> Iterator[str]:
    return (matcher_text(each.name, op_text(each.op), each.value) for each in matchers)


def _named(node: VectorSelector, conditions: str) -> str:
    return f"{node.name or ''}{{{conditions}}}" if conditions or not node.name else node.name


def _moved(at: AtModifier | None, offset_ms: int) -> str:
    offset = f" offset {write_ms(offset_ms)}" if offset_ms else ""
    if at is None:
        return offset
    if at.type == AtModifierType.Start:
        return f" @ start(){offset}"
    if at.type == AtModifierType.End:
        return f" @ end(){offset}"
    moment = at.at.timestamp() if at.at else 0.0
    return f" @ {moment:.3f}{offset}"
