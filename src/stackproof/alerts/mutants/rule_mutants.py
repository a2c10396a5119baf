"""Every mutant of a set of rules."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.meaning.series import Assumptions
from stackproof.alerts.mutants.edits.fragment import rule_fragment
from stackproof.alerts.mutants.equivalence.proof import ProofContext, with_proof
from stackproof.alerts.mutants.mutant import Mutant, NameCounter, RuleMutant, RuleOperator, distinct
from stackproof.alerts.mutants.operators.aggregation import aggregation
from stackproof.alerts.mutants.operators.comparison_operator import comparison
from stackproof.alerts.mutants.operators.connective import connective
from stackproof.alerts.mutants.operators.constant import constant
from stackproof.alerts.mutants.operators.for_duration import for_duration
from stackproof.alerts.mutants.operators.function import function
from stackproof.alerts.mutants.operators.grouping import grouping
from stackproof.alerts.mutants.operators.matcher import matcher
from stackproof.alerts.mutants.operators.rule_label import rule_label
from stackproof.alerts.mutants.operators.threshold import threshold
from stackproof.alerts.mutants.operators.window import window
from stackproof.model.monitoring import Rule, RuleGroup, RuleKind

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
        "for": for_duration,
        "label": rule_label,
    }
)
"""The operators for rules, by the name that ids and exclusions use."""


def rule_mutants(groups: Sequence[RuleGroup], evaluation_s: float) -> Iterator[RuleMutant]:
    """Every mutant of every rule, in the order of the files.

    Args:
        groups: The rules.
        evaluation_s: Seconds between evaluations.
    """
    recording = _recording(groups)
    known = ProofContext(evaluation_s, Interpreter(Assumptions(), recording), recording)
    names = NameCounter.empty()
    for group in groups:
        for rule in group.rules:
            yield from _mutants(rule, names, known)


def _recording(groups: Sequence[RuleGroup]) -> Mapping[str, tuple[Rule, ...]]:
    """The rules that record each metric."""
    found: dict[str, list[Rule]] = {}
    for rule in (rule for group in groups for rule in group.rules if rule.kind is RuleKind.RECORD):
        found.setdefault(rule.name, []).append(rule)
    return {name: tuple(rules) for name, rules in found.items()}


def _mutants(rule: Rule, names: NameCounter, known: ProofContext) -> Iterator[RuleMutant]:
    file = rule.where.file
    occurrence = names.next(f"{file}:{rule.name}")
    name = rule.name if occurrence == 1 else f"{rule.name}#{occurrence}"
    before = rule_fragment(rule)
    for operator, operate in RULE_OPERATORS.items():
        for number, edit in enumerate(distinct(rule, operate(rule)), start=1):
            proved = with_proof(rule, edit, known)
            mutant = Mutant(
                id=f"{file.name}:{name}:{operator}-{number}",
                operator=operator,
                where=rule.at(edit.part),
                owner=rule.where,
                before=before,
                after=rule_fragment(edit.rule),
                equivalent=proved.equivalent,
            )
            yield RuleMutant(mutant, rule, edit.rule, edit.part)
