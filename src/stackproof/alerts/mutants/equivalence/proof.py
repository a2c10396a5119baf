"""Proves that edits of rules change nothing."""

import math
from dataclasses import dataclass, replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.mutants.equivalence.changed_parts import ChangedPart, changed_parts
from stackproof.alerts.mutants.equivalence.join_conditions import join_reason
from stackproof.alerts.mutants.equivalence.redundant_labels import Recording, redundant_label_reason
from stackproof.alerts.mutants.equivalence.unused_values import unused_value_reason
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.syntax_tree import arguments, bare, number, parsed
from stackproof.model.monitoring import Rule

_LABEL = "labels."
_QUANTILE = "histogram_quantile"
_TIMES_RANGE = {"rate", "increase"}
_SUM_AND_COUNT = {"sum_over_time", "count_over_time"}
_SAME_FOR_ONE = frozenset({"sum", "avg", "max", "min"})


@dataclass(frozen=True, slots=True)
class ProofContext:
    """The facts that proofs may use.

    Attributes:
        evaluation_s: Seconds between evaluations of the rules.
        interpreter: Finds what is certain of expressions.
        recording: The rules that record each metric.
    """

    evaluation_s: float
    interpreter: Interpreter
    recording: Recording


def with_proof(original: Rule, edit: RuleEdit, known: ProofContext) -> RuleEdit:
    """The edit, with the reason if it provably changes nothing."""
    reason = _same_evaluations(original, edit.rule, known) if edit.part in {"for", "keep_firing_for"} else ""
    if edit.part == "expr":
        before, after = parsed(original.expr), parsed(edit.rule.expr)
        reason = "" if before is None or after is None else _expression(before, after, known)
    label = edit.part.removeprefix(_LABEL)
    if edit.part.startswith(_LABEL) and label not in edit.rule.labels:
        reason = redundant_label_reason(original, label, known.recording)
    return replace(edit, equivalent=reason) if reason else edit


def _same_evaluations(before: Rule, after: Rule, known: ProofContext) -> str:
    """Time advances in steps, from one evaluation to the next."""
    if known.evaluation_s <= 0:
        return ""

    def steps(rule: Rule) -> tuple[int, int]:
        return math.ceil(rule.for_s / known.evaluation_s), math.ceil(rule.keep_firing_for_s / known.evaluation_s)

    return (
        f"the same number of evaluations, one every {known.evaluation_s:g} s" if steps(before) == steps(after) else ""
    )


def _expression(before: Expr, after: Expr, known: ProofContext) -> str:
    steps = tuple(changed_parts(before, after))
    return next(filter(None, (_part(each, known) for each in steps)), "") or unused_value_reason(steps)


def _part(pair: ChangedPart, known: ProofContext) -> str:
    """Why an edit inside a node does not change the node's result."""
    before, after = pair.before, pair.after
    if isinstance(before, pp.AggregateExpr) and isinstance(after, pp.AggregateExpr):
        return _aggregated(before, after, known)
    if isinstance(before, pp.Call) and isinstance(after, pp.Call):
        return _called(before, after)
    return join_reason(pair)


def _called(before: pp.Call, after: pp.Call) -> str:
    old, new = arguments(before), arguments(after)
    if before.func.name == after.func.name == _QUANTILE:
        same = old[0].prettify() == new[0].prettify() and _multiples(old[1], new[1])
        return "multiples of the buckets have the same quantile" if same else ""
    if {before.func.name, after.func.name} == _SUM_AND_COUNT and old[0].prettify() == new[0].prettify():
        return "the sum of ones is their count" if _ones(old[0]) else ""
    return ""


def _ones(node: Expr) -> bool:
    """Whether a node is ``vector(1)`` over a range."""
    inner = bare(node.expr) if isinstance(node, pp.SubqueryExpr) else node
    return isinstance(inner, pp.Call) and inner.func.name == "vector" and number(arguments(inner)[0]) == 1


def _multiples(one: Expr, other: Expr) -> bool:
    """Whether one node is the other times a number: ``increase`` is ``rate`` times the range."""
    one, other = bare(one), bare(other)
    if isinstance(one, pp.AggregateExpr) and isinstance(other, pp.AggregateExpr):
        same = str(one.op) == str(other.op) and str(one.op) in _SAME_FOR_ONE and _by(one) == _by(other)
        return same and _multiples(one.expr, other.expr)
    if not isinstance(one, pp.Call) or not isinstance(other, pp.Call):
        return False
    return {one.func.name, other.func.name} == _TIMES_RANGE and one.args[0].prettify() == other.args[0].prettify()


def _aggregated(before: pp.AggregateExpr, after: pp.AggregateExpr, known: ProofContext) -> str:
    if before.expr.prettify() != after.expr.prettify():
        return ""
    inner, was, now = known.interpreter.meaning(before.expr).facts.labels, _by(before), _by(after)
    if was is None or now is None:
        return ""
    if str(before.op) != str(after.op):
        ops = {str(before.op), str(after.op)}
        alone = inner.only is not None and inner.only <= was and was == now and ops <= _SAME_FOR_ONE
        return "each group has at most one series" if alone else ""
    if was != now and not any(inner.can_have(label) for label in was ^ now):
        return f"none of the series has the label {', '.join(sorted(was ^ now))}"
    return ""


def _by(node: pp.AggregateExpr) -> frozenset[str] | None:
    """The labels of ``by``; None for ``without``."""
    if node.modifier is None:
        return frozenset()
    return frozenset(node.modifier.labels) if node.modifier.type == pp.AggModifierType.By else None
