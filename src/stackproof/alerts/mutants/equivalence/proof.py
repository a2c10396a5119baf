"""Edits of rules that nobody can notice, because they can be proved to change nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.equivalence.difference import Pair, difference
from stackproof.alerts.mutants.equivalence.joined import needless_in_join
from stackproof.alerts.mutants.equivalence.redundant_labels import Recording, carried
from stackproof.alerts.mutants.equivalence.unused_values import unread
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.labels import Labels, labels_of
from stackproof.alerts.promql.tree import arguments, bare, number, parsed
from stackproof.model.alerting import Rule

_LABEL = "labels."
_QUANTILE = "histogram_quantile"
_TIMES_RANGE = {"rate", "increase"}
_SUM_AND_COUNT = {"sum_over_time", "count_over_time"}
_OF_ONE_THE_SAME = frozenset({"sum", "avg", "max", "min"})


@dataclass(frozen=True, slots=True)
class Known:
    """What proofs may use.

    Attributes:
        evaluation_s: Seconds from one evaluation of the rules to the next.
        recorded: Labels of recorded metrics.
        recording: The rules that record them.
    """

    evaluation_s: float
    recorded: Mapping[str, Labels]
    recording: Recording


def proved(original: Rule, edit: RuleEdit, known: Known) -> RuleEdit:
    """The edit, with the reason where it changes nothing."""
    reason = _holding(original, edit.rule, known) if edit.part in {"for", "keep_firing_for"} else ""
    if edit.part == "expr":
        before, after = parsed(original.expr), parsed(edit.rule.expr)
        reason = "" if before is None or after is None else _expression(before, after, known)
    label = edit.part.removeprefix(_LABEL)
    if edit.part.startswith(_LABEL) and label not in edit.rule.labels:
        reason = carried(original, label, known.recording)
    return replace(edit, equivalent=reason) if reason else edit


def _holding(before: Rule, after: Rule, known: Known) -> str:
    """Time goes in steps, from one evaluation to the next."""
    if known.evaluation_s <= 0:
        return ""

    def steps(rule: Rule) -> tuple[int, int]:
        return math.ceil(rule.for_s / known.evaluation_s), math.ceil(rule.keep_firing_for_s / known.evaluation_s)

    return f"as many evaluations, one each {known.evaluation_s:g} s" if steps(before) == steps(after) else ""


def _expression(before: Expr, after: Expr, known: Known) -> str:
    steps = tuple(difference(before, after))
    return next(filter(None, (_part(each, known) for each in steps)), "") or unread(steps)


def _part(pair: Pair, known: Known) -> str:
    """Why an edit in a part leaves the part as it is."""
    before, after = pair.before, pair.after
    if isinstance(before, pp.AggregateExpr) and isinstance(after, pp.AggregateExpr):
        return _aggregated(before, after, known)
    if isinstance(before, pp.Call) and isinstance(after, pp.Call):
        return _called(before, after)
    return needless_in_join(pair)


def _called(before: pp.Call, after: pp.Call) -> str:
    mine, theirs = arguments(before), arguments(after)
    if before.func.name == after.func.name == _QUANTILE:
        same = mine[0].prettify() == theirs[0].prettify() and _multiples(mine[1], theirs[1])
        return "a quantile is the same of all multiples of its buckets" if same else ""
    if {before.func.name, after.func.name} == _SUM_AND_COUNT and mine[0].prettify() == theirs[0].prettify():
        return "the sum of ones is their number" if _ones(mine[0]) else ""
    return ""


def _ones(node: Expr) -> bool:
    """Whether a part is `vector(1)` over a range of time."""
    inner = bare(node.expr) if isinstance(node, pp.SubqueryExpr) else node
    return isinstance(inner, pp.Call) and inner.func.name == "vector" and number(arguments(inner)[0]) == 1


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
