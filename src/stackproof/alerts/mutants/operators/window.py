"""Halves or doubles a range, or drops an offset."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.node_text import conditions_text, matrix_text, selector_text, span_ms, subquery_text
from stackproof.model.monitoring import Rule


def window(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each range and each offset."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    if isinstance(node, pp.MatrixSelector):
        length, offset = span_ms(node.range), span_ms(node.vector_selector.offset)
        yield from (matrix_text(node, other, offset) for other in _lengths(length))
        if offset:
            yield matrix_text(node, length, 0)
    elif isinstance(node, pp.SubqueryExpr):
        length, offset = span_ms(node.range), span_ms(node.offset)
        step = None if node.step is None else span_ms(node.step)
        yield from (subquery_text(node, other, step, offset) for other in _lengths(length))
        if offset:
            yield subquery_text(node, length, step, 0)
    elif isinstance(node, pp.VectorSelector) and node.offset:
        yield selector_text(node, conditions_text(node), 0)


def _lengths(length_ms: int) -> tuple[int, ...]:
    return (max(length_ms // 2, 1), length_ms * 2)
