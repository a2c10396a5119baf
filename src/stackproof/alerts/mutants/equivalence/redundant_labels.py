"""Labels that a rule sets although the result of its expression already has them with the same value."""

from collections.abc import Mapping, Sequence

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.dependencies import read_by_expr, written_by
from stackproof.alerts.mutants.equivalence.join_conditions import asked, inner, matched
from stackproof.alerts.promql.syntax_tree import SET_OPERATORS, bare, is_scalar, metric, parsed
from stackproof.model.monitoring import Rule

Recording = Mapping[str, Sequence[Rule]]
"""The rules that record each metric, by its name."""


def redundant_label_reason(rule: Rule, label: str, recording: Recording) -> str:
    """Why a rule need not set a label; "" if it may have to.

    A metric that rules record is assumed to come from nowhere else.
    """
    tree = parsed(rule.expr)
    value = rule.labels[label]
    certain = tree is not None and "{{" not in value and _value(tree, label, rule, recording) == value
    return f"the expression's result already has {label}={value}" if certain else ""


def _value(node: Expr, label: str, rule: Rule, recording: Recording) -> str | None:
    """The only value of a label in a node's result; None if that is not certain."""
    node = bare(node)
    if isinstance(node, pp.VectorSelector):
        return asked(node, label) or _recorded(node, label, rule, recording)
    if isinstance(node, pp.BinaryExpr) and not is_scalar(node.lhs) and not is_scalar(node.rhs):
        left, right = (_value(each, label, rule, recording) for each in (node.lhs, node.rhs))
        if str(node.op) == "or":
            return left if left == right else None
        return left if _is_of_left(node, label) else None
    part = inner(node, label)
    return None if part is None else _value(part, label, rule, recording)


def _recorded(node: pp.VectorSelector, label: str, rule: Rule, recording: Recording) -> str | None:
    """The value that every rule sets whose series a selector can read; a rule that reads itself proves nothing."""
    reads = read_by_expr(node.prettify())
    rules = [each for each in recording.get(metric(node) or "", ()) if reads.touches(written_by(each))]
    values = {each.labels.get(label, "") for each in rules}
    if len(values) != 1 or any(each is rule for each in rules):
        return None
    value = values.pop()
    return value if value and "{{" not in value else None


def _is_of_left(node: pp.BinaryExpr, label: str) -> bool:
    """Whether the result of a join takes a label from its left side."""
    if str(node.op) in SET_OPERATORS or node.modifier is None:
        return True
    if node.modifier.card == pp.VectorMatchCardinality.OneToOne:
        return label in matched(node, {label})
    to_left = node.modifier.card == pp.VectorMatchCardinality.ManyToOne
    return to_left and label not in (node.modifier.group_labels or [])
