"""Writes nodes of a PromQL syntax tree with other parts: the parser builds nodes of text alone.

A node that is written anew is parsed again by its caller, and put in the tree by ``promql_parser.transform``, so that
nothing is ever replaced in the text of a whole expression.
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
    ParenExpr,
    SubqueryExpr,
    VectorSelector,
)

from stackproof.alerts.promql.durations import whole_ms, write_ms
from stackproof.model import DeclarationError, Location

# Prometheus 2 has it; Prometheus 3 and the parser call it double_exponential_smoothing.
promql_parser.register_extra_functions(
    [
        promql_parser.Function(
            "holt_winters",
            [promql_parser.ValueType.Matrix, promql_parser.ValueType.Scalar, promql_parser.ValueType.Scalar],
            promql_parser.ValueType.Vector,
        )
    ]
)

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
        DeclarationError: It is no PromQL.
    """
    try:
        tree: Expr = promql_parser.parse(expr)
    except ValueError as error:
        raise DeclarationError(f"no PromQL: {error}; saw {expr!r}", where=where, fix="mend the expression") from None
    return tree


def quoted(text: str) -> str:
    """A text as PromQL's double quotes hold it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def op_text(op: promql_parser.MatchOp) -> str:
    """How a matcher compares, as PromQL writes it."""
    return next(text for known, text in _OPS if known == op)


def matcher_text(name: str, op: str, value: str) -> str:
    """A condition on a label."""
    return f"{name if _PLAIN_NAME.fullmatch(name) else quoted(name)}{op}{quoted(value)}"


def matcher_texts(node: VectorSelector) -> tuple[str, ...]:
    """The conditions of a selector that all must hold, in order; none where it offers a choice between conditions."""
    return tuple(_texts(node.matchers.matchers))


def selector_text(node: VectorSelector, conditions: str, offset_ms: int) -> str:
    """A selector with these conditions (what stands in braces) and this offset, its name and ``@`` kept."""
    return _named(node, conditions) + _moved(node.at, offset_ms)


def conditions_text(node: VectorSelector) -> str:
    """What stands in a selector's braces; VictoriaMetrics' ``{a="1" or b="2"}`` too."""
    groups = node.matchers.or_matchers or [node.matchers.matchers]
    return " or ".join(",".join(_texts(group)) for group in groups)


def matrix_text(node: MatrixSelector, range_ms: int, offset_ms: int) -> str:
    """A selector of a range with this range and this offset, all else kept."""
    inner = node.vector_selector
    return f"{_named(inner, conditions_text(inner))}[{write_ms(range_ms)}]{_moved(inner.at, offset_ms)}"


def subquery_text(node: SubqueryExpr, range_ms: int, step_ms: int | None, offset_ms: int) -> str:
    """A subquery with this range, step and offset, all else kept."""
    step = "" if step_ms is None else write_ms(step_ms)
    return f"{node.expr.prettify()}[{write_ms(range_ms)}:{step}]{_moved(node.at, offset_ms)}"


def span_ms(span: timedelta | None) -> int:
    """Milliseconds of a span, 0 where there is none."""
    return 0 if span is None else whole_ms(span)


def bare(node: Expr) -> Expr:
    """What stands in parentheses."""
    while isinstance(node, ParenExpr):
        node = node.expr
    return node


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
