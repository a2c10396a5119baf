"""Every mutant of rules."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from stackproof.alerts.mutants.edits.fragment import rule_fragment
from stackproof.alerts.mutants.equivalence.proof import Known, proved
from stackproof.alerts.mutants.mutant import Mutant, Numbers, RuleMutant, RuleOperator, distinct
from stackproof.alerts.mutants.operators.aggregation import aggregation
from stackproof.alerts.mutants.operators.comparison import comparison
from stackproof.alerts.mutants.operators.connective import connective
from stackproof.alerts.mutants.operators.constant import constant
from stackproof.alerts.mutants.operators.function import function
from stackproof.alerts.mutants.operators.grouping import grouping
from stackproof.alerts.mutants.operators.holding import holding
from stackproof.alerts.mutants.operators.labelling import labelling
from stackproof.alerts.mutants.operators.matcher import matcher
from stackproof.alerts.mutants.operators.threshold import threshold
from stackproof.alerts.mutants.operators.window import window
from stackproof.alerts.promql.labels import recorded_labels
from stackproof.model.alerting import Rule, RuleGroup, RuleKind

RULE_OPERATORS: Mapping[str, RuleOperator] = MappingProxyType(
    {
        "threshold": threshold,
        "comparison": comparison,
        "constant": constant,
        "window": window,
        "function": function,
        "connective": connective,
        "matcher": matcher,
        "aggregation": aggregation,
        "grouping": grouping,
        "for": holding,
        "label": labelling,
    }
)
"""What edits rules, by the name that ids and marks use."""


def rule_mutants(groups: Sequence[RuleGroup], evaluation_s: float) -> Iterator[RuleMutant]:
    """Every mutant of every rule, in the order of the files.

    Args:
        groups: The rules.
        evaluation_s: Seconds from one evaluation of them to the next.
    """
    known = Known(evaluation_s, recorded_labels(groups), _recording(groups))
    names = Numbers.fresh()
    for group in groups:
        for rule in group.rules:
            yield from _mutants(rule, names, known)


def _recording(groups: Sequence[RuleGroup]) -> Mapping[str, Sequence[Rule]]:
    """The rules that record each metric."""
    found: dict[str, list[Rule]] = {}
    for rule in (rule for group in groups for rule in group.rules if rule.kind is RuleKind.RECORD):
        found.setdefault(rule.name, []).append(rule)
    return found


def _mutants(rule: Rule, names: Numbers, known: Known) -> Iterator[RuleMutant]:
    file = rule.where.file
    again = names.next(f"{file}:{rule.name}")
    name = rule.name if again == 1 else f"{rule.name}#{again}"
    before = rule_fragment(rule)
    for operator, operate in RULE_OPERATORS.items():
        for number, edit in enumerate(distinct(rule, operate(rule)), start=1):
            sure = proved(rule, edit, known)
            mutant = Mutant(
                id=f"{file.name}:{name}:{operator}-{number}",
                operator=operator,
                where=rule.at(edit.part),
                owner=rule.where,
                before=before,
                after=rule_fragment(edit.rule),
                equivalent=sure.equivalent,
            )
            yield RuleMutant(mutant, rule, edit.rule, edit.part)
