"""Matchers that make no difference in a join of two vectors, because the other side has the same matcher.

Without its first matcher, ``a{x="1"} and b{x="1"}`` reads more series, but they have another ``x`` than every series
that they could be joined with. Source:
https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
"""

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.equivalence.changed_parts import ChangedPart, changed_parts
from stackproof.alerts.promql.syntax_tree import SET_OPERATORS, arguments, is_scalar, matchers, metric
from stackproof.model.monitoring import LabelMatcher, MatchOp

_OF_EACH_SERIES = frozenset(
    [
        *("avg_over_time", "count_over_time", "last_over_time", "max_over_time", "min_over_time", "sum_over_time"),
        *("rate", "increase", "irate", "delta", "deriv", "abs", "ceil", "floor", "round", "clamp_min", "clamp_max"),
    ]
)
_OF_EACH_GROUP = frozenset({"avg", "count", "group", "max", "min", "stddev", "stdvar", "sum"})


def join_reason(pair: ChangedPart) -> str:
    """Why an edit of one side of a join, or of the labels it matches on, changes nothing; "" if it may not."""
    before, after = pair.before, pair.after
    if not isinstance(before, pp.BinaryExpr) or not isinstance(after, pp.BinaryExpr) or str(before.op) != str(after.op):
        return ""
    steps = list(changed_parts(before, after))
    if len(steps) == 1:
        return _unmatched_label(before, after)
    dropped, side = _dropped(steps[-1]), steps[1]
    if dropped is None or dropped.name not in matched(before, {dropped.name}) or not _may_grow(before, side.place):
        return ""
    other = before.lhs if side.place else before.rhs
    if asked(side.before, dropped.name) != dropped.value or asked(other, dropped.name) != dropped.value:
        return ""
    return f"the other side of the join has {dropped.name}={dropped.value}"


def _unmatched_label(before: pp.BinaryExpr, after: pp.BinaryExpr) -> str:
    """A label dropped from ``on`` changes nothing if both sides select the same single value of it."""
    if before.lhs.prettify() != after.lhs.prettify() or before.rhs.prettify() != after.rhs.prettify():
        return ""
    was, now = _on(before), _on(after)
    if was is None or now is None or not now < was or not _keeps_labels(before):
        return ""
    gone = sorted(was - now)
    values = [(asked(before.lhs, name), asked(before.rhs, name)) for name in gone]
    return (
        f"both sides have one value of {', '.join(gone)}" if all(one and one == other for one, other in values) else ""
    )


def _keeps_labels(node: pp.BinaryExpr) -> bool:
    """Whether the result of a join keeps all labels of one side, not only those of ``on``."""
    return node.modifier is not None and node.modifier.card != pp.VectorMatchCardinality.OneToOne


def _dropped(edit: ChangedPart) -> LabelMatcher | None:
    """The matcher ``label="value"`` that a selector of one metric lost; None if the edit is something else."""
    before, after = edit.before, edit.after
    if not isinstance(before, pp.VectorSelector) or not isinstance(after, pp.VectorSelector):
        return None
    if metric(before) is None or metric(before) != metric(after):
        return None
    were, are = matchers(before), matchers(after)
    lost = (each for place, each in enumerate(were) if (*were[:place], *were[place + 1 :]) == are)
    return next((each for each in lost if each.op is MatchOp.EQUAL and each.value), None)


def _may_grow(node: pp.BinaryExpr, place: int) -> bool:
    """Whether a side may have more series without a partner.

    Two series with the same match labels are an error on the "one" side of a join. If the join matches on all labels,
    no two series have the same.
    """
    op, matching = str(node.op), node.modifier.matching if node.modifier is not None else None
    if op in SET_OPERATORS:
        return op == "and" or (op == "unless" and place == 1)
    many = 1 if node.modifier is not None and node.modifier.card == pp.VectorMatchCardinality.OneToMany else 0
    return place == many or matching is None


def matched(node: pp.BinaryExpr, labels: set[str]) -> set[str]:
    """Those of the labels that a join requires to be equal on both sides."""
    matching = node.modifier.matching if node.modifier is not None else None
    if matching is None:
        return labels
    return labels & set(matching.labels) if _on(node) is not None else labels - set(matching.labels)


def _on(node: pp.BinaryExpr) -> frozenset[str] | None:
    """The labels of ``on``; None if there is no ``on``."""
    matching = node.modifier.matching if node.modifier is not None else None
    if matching is None or matching.type != pp.LabelModifierType.Include:
        return None
    return frozenset(matching.labels)


def asked(node: Expr | None, label: str) -> str | None:
    """The only value of a label in a node's result, because its selector requires it; None if that is not certain.

    The result for that value depends only on series that have it.
    """
    while node is not None and not isinstance(node, pp.VectorSelector):
        node = inner(node, label)
    if node is None:
        return None
    values = (each.value for each in matchers(node) if each.name == label and each.op is MatchOp.EQUAL and each.value)
    return next(values, None)


def inner(node: Expr, label: str) -> Expr | None:
    """The child that a node is computed from, separately for each value of a label; None if that is not certain."""
    found: Expr | None = None
    if isinstance(node, pp.ParenExpr | pp.SubqueryExpr):
        found = node.expr
    elif isinstance(node, pp.MatrixSelector):
        found = node.vector_selector
    elif isinstance(node, pp.Call) and node.func.name in _OF_EACH_SERIES:
        found = arguments(node)[0]
    elif isinstance(node, pp.AggregateExpr) and str(node.op) in _OF_EACH_GROUP and node.modifier is not None:
        by = node.modifier.type == pp.AggModifierType.By
        found = node.expr if (label in node.modifier.labels) is by else None
    elif isinstance(node, pp.BinaryExpr) and is_scalar(node.lhs) is not is_scalar(node.rhs):
        found = node.rhs if is_scalar(node.lhs) else node.lhs
    return found
