"""Edits of rules that nobody can notice, because they can be proved to change nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.labels import Labels, labels_of
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql import arguments, bare, children, parsed
from stackproof.model.alerting import Rule

_QUANTILE = "histogram_quantile"
_TIMES_RANGE = {"rate", "increase"}
_OF_ONE_THE_SAME = frozenset({"sum", "avg", "max", "min"})


@dataclass(frozen=True, slots=True)
class Known:
    """What proofs may use.

    Attributes:
        evaluation_s: Seconds from one evaluation of the rules to the next.
        recorded: Labels of recorded metrics.
    """

    evaluation_s: float
    recorded: Mapping[str, Labels]


def proved(original: Rule, edit: RuleEdit, known: Known) -> RuleEdit:
    """The edit, with the reason where it changes nothing."""
    reason = _holding(original, edit.rule, known) if edit.part in {"for", "keep_firing_for"} else ""
    if edit.part == "expr":
        before, after = parsed(original.expr), parsed(edit.rule.expr)
        reason = "" if before is None or after is None else _aggregation(before, after, known)
    return replace(edit, equivalent=reason) if reason else edit


def _holding(before: Rule, after: Rule, known: Known) -> str:
    """Time goes in steps, from one evaluation to the next."""
    if known.evaluation_s <= 0:
        return ""

    def steps(rule: Rule) -> tuple[int, int]:
        return math.ceil(rule.for_s / known.evaluation_s), math.ceil(rule.keep_firing_for_s / known.evaluation_s)

    return f"as many evaluations, one each {known.evaluation_s:g} s" if steps(before) == steps(after) else ""


def _aggregation(before: Expr, after: Expr, known: Known) -> str:
    """Goes down both trees to the first node that differs."""
    if isinstance(before, pp.AggregateExpr) and isinstance(after, pp.AggregateExpr):
        reason = _aggregated(before, after, known)
        if reason:
            return reason
    if isinstance(before, pp.Call) and isinstance(after, pp.Call) and before.func.name == _QUANTILE:
        mine, theirs = arguments(before), arguments(after)
        if mine[0].prettify() == theirs[0].prettify() and _multiples(mine[1], theirs[1]):
            return "a quantile is the same of all multiples of its buckets"
    mine, theirs = children(before), children(after)
    if len(mine) != len(theirs):
        return ""
    differing = [(one, other) for one, other in zip(mine, theirs, strict=True) if one.prettify() != other.prettify()]
    return _aggregation(*differing[0], known) if len(differing) == 1 and _same_head(before, after) else ""


def _multiples(one: Expr, other: Expr) -> bool:
    """Whether one is the other times a number: `increase` is `rate` times the range."""
    one, other = bare(one), bare(other)
    if isinstance(one, pp.AggregateExpr) and isinstance(other, pp.AggregateExpr):
        same = str(one.op) == str(other.op) and str(one.op) in _OF_ONE_THE_SAME and _by(one) == _by(other)
        return same and _multiples(one.expr, other.expr)
    if not isinstance(one, pp.Call) or not isinstance(other, pp.Call):
        return False
    return {one.func.name, other.func.name} == _TIMES_RANGE and one.args[0].prettify() == other.args[0].prettify()


def _aggregated(before: pp.AggregateExpr, after: pp.AggregateExpr, known: Known) -> str:
    if before.expr.prettify() != after.expr.prettify():
        return ""
    inner, was, now = labels_of(before.expr, known.recorded), _by(before), _by(after)
    if was is None or now is None:
        return ""
    if str(before.op) != str(after.op):
        ops = {str(before.op), str(after.op)}
        alone = inner.only is not None and inner.only <= was and was == now and ops <= _OF_ONE_THE_SAME
        return "each group has one series at most" if alone else ""
    if was != now and not any(inner.can_have(label) for label in was ^ now):
        return f"no series there has the label {', '.join(sorted(was ^ now))}"
    return ""


def _by(node: pp.AggregateExpr) -> frozenset[str] | None:
    """The labels that it groups by; None where it names those that it does not."""
    if node.modifier is None:
        return frozenset()
    return frozenset(node.modifier.labels) if node.modifier.type == pp.AggModifierType.By else None


def _same_head(before: Expr, after: Expr) -> bool:
    """Whether two nodes differ in their parts at most."""
    if isinstance(before, pp.BinaryExpr) and isinstance(after, pp.BinaryExpr):
        return str(before.op) == str(after.op)
    if isinstance(before, pp.Call) and isinstance(after, pp.Call):
        return before.func.name == after.func.name
    return type(before) is type(after)
