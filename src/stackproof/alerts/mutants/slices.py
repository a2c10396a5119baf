"""Cuts rules and tests down to what a rule can affect, so that hundreds of mutants take the time of a few.

A slice keeps each claim whose result can depend on the rule, and each rule that a kept claim can depend on. The rest
cannot change, so the slice notices a mutant exactly when the whole does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackproof.alerts.mutants.dependencies import Written, needed, read_by_claim, touched
from stackproof.alerts.mutants.edits.flow_yaml import flow_text
from stackproof.alerts.promql.millisecond_durations import write_ms
from stackproof.model.monitoring import Rule, RuleGroup, RuleKind
from stackproof.model.rule_tests import AlertClaim, ExprClaim, RuleTest, RuleTestFile


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a test file, with the rules that it needs.

    Attributes:
        text: The tests; they name ``rules-0.yml`` and so on.
        groups: The groups of each of those files.
        rules: The rules that are needed.
    """

    text: str
    groups: tuple[tuple[RuleGroup, ...], ...]
    rules: tuple[Rule, ...]

    def same_as(self, other: "Slice") -> bool:
        """Whether both test the same claims on the same rules."""
        return self.text == other.text and [id(rule) for rule in self.rules] == [id(rule) for rule in other.rules]

    def files(self, original: Rule | None = None, mutated: Rule | None = None) -> dict[str, str]:
        """The text of each of its files by name, including ``test.yml``; one rule may be replaced by another."""
        swap = {id(original): mutated} if original is not None and mutated is not None else {}
        kept = {id(rule): swap.get(id(rule), rule) for rule in self.rules}
        texts = {f"rules-{place}.yml": _groups_text(groups, kept) for place, groups in enumerate(self.groups)}
        return {**texts, "test.yml": self.text}


def slices(
    rule: Rule, groups: Mapping[Path, tuple[RuleGroup, ...]], tests: Sequence[RuleTestFile], loose: str = ""
) -> tuple[Slice, ...]:
    """The parts of the tests that can notice a change of a rule.

    Args:
        rule: The rule.
        loose: The label that changes, if one does.
        groups: The groups of all files that tests name.
        tests: All test files.
    """
    cut = (_slice(rule, [groups[file] for file in test.rule_files], test, loose) for test in tests)
    return tuple(each for each in cut if each is not None)


def _slice(rule: Rule, files: Sequence[tuple[RuleGroup, ...]], test: RuleTestFile, loose: str) -> Slice | None:
    rules = [each for groups in files for group in groups for each in group.rules]
    if all(each is not rule for each in rules):
        return None
    changes = touched(rule, rules, loose)
    tests = tuple(_with_claims(test, changes))
    if not tests:
        return None
    claims: list[AlertClaim | ExprClaim] = []
    for each in tests:
        claims += [*each.alert_rule_test, *each.promql_expr_test]
    content = test.content.model_copy(
        update={"rule_files": tuple(f"rules-{place}.yml" for place in range(len(files))), "tests": tests}
    )
    return Slice(
        flow_text(content.model_dump()), tuple(files), tuple(needed(map(read_by_claim, claims), rules, rule, loose))
    )


def _with_claims(test: RuleTestFile, changes: Sequence[Written]) -> Iterator[RuleTest]:
    for each in test.content.tests:
        alerts = tuple(claim for claim in each.alert_rule_test if _touches(claim, changes))
        exprs = tuple(claim for claim in each.promql_expr_test if _touches(claim, changes))
        if alerts or exprs:
            yield each.model_copy(update={"alert_rule_test": alerts, "promql_expr_test": exprs})


def _touches(claim: AlertClaim | ExprClaim, changes: Sequence[Written]) -> bool:
    reads = read_by_claim(claim)
    return any(reads.touches(written) for written in changes)


def _groups_text(groups: Sequence[RuleGroup], kept: Mapping[int, Rule | None]) -> str:
    """The groups with only the kept rules, as JSON, which is also YAML."""
    found = []
    for group in groups:
        rules = [_rule_parts(rule) for each in group.rules if (rule := kept.get(id(each))) is not None]
        if rules:
            found.append({**_group_parts(group), "rules": rules})
    return flow_text({"groups": found})


def _group_parts(group: RuleGroup) -> dict[str, object]:
    parts: dict[str, object] = {"name": group.name}
    if group.interval_s is not None:
        parts["interval"] = _span(group.interval_s)
    if group.query_offset_s:
        parts["query_offset"] = _span(group.query_offset_s)
    return parts


def _rule_parts(rule: Rule) -> dict[str, object]:
    parts: dict[str, object] = {rule.kind.value: rule.name, "expr": rule.expr, "labels": dict(rule.labels)}
    if rule.kind is RuleKind.ALERT:
        parts |= {"for": _span(rule.for_s), "annotations": dict(rule.annotations)}
        if rule.keep_firing_for_s:
            parts["keep_firing_for"] = _span(rule.keep_firing_for_s)
    return parts


def _span(seconds: float) -> str:
    return write_ms(round(seconds * 1000))
