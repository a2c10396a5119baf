"""Turns mutants of rules into promtool test cases, with tests cut down once a rule to what the rule can affect."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from stackproof.alerts.mutants.mutant import Mutant, RuleMutant
from stackproof.alerts.mutants.outcome import MutantOutcome, outcome_of
from stackproof.alerts.mutants.slices import Slice, slices
from stackproof.model import DeclarationError, EngineError
from stackproof.model.monitoring import Rule, RuleGroup
from stackproof.model.rule_tests import RuleTestFile
from stackproof.tools.promtool import RuleTestCase

_LABEL = "labels."
_MAX_SHOWN = 1500


class RuleTestCases:
    """Builds cases for promtool.

    Args:
        groups: The groups of all files that the tests name, by the file's absolute path.
        tests: The tests, with absolute paths of rule files.
    """

    def __init__(self, groups: Mapping[Path, tuple[RuleGroup, ...]], tests: Sequence[RuleTestFile]) -> None:
        self._groups = groups
        self._tests = tests
        self._slices: dict[tuple[int, str], tuple[Slice, ...]] = {}
        self._names: dict[str, str] = {}
        self._baselines: dict[str, Rule] = {}

    def slices(self, each: RuleMutant) -> tuple[Slice, ...]:
        """The parts of the tests that can notice a mutant; empty if none can."""
        usual = self._slices_of(each.original, "")
        if not each.part.startswith(_LABEL):
            return usual
        found = self._slices_of(each.original, each.part.removeprefix(_LABEL))
        same = len(found) == len(usual) and all(one.same_as(other) for one, other in zip(found, usual, strict=True))
        return usual if same else found

    def _slices_of(self, rule: Rule, loose: str) -> tuple[Slice, ...]:
        key = (id(rule), loose)
        if key not in self._slices:
            self._slices[key] = slices(rule, self._groups, self._tests, loose)
        return self._slices[key]

    def name(self, mutant: Mutant) -> str:
        """A short name without spaces."""
        return self._names.setdefault(mutant.id, f"m{len(self._names)}")

    def baselines(self, mutants: Iterable[RuleMutant]) -> Iterator[RuleTestCase]:
        """The same tests on the original rules, each slice once."""
        parts = {id(self.slices(each)): each for each in mutants}
        for number, each in enumerate(parts.values()):
            self._baselines[f"b{number}"] = each.original
            yield _case(f"b{number}", [part.files() for part in self.slices(each)])

    def case(self, each: RuleMutant) -> RuleTestCase:
        """The tests of a mutant."""
        return _case(self.name(each.mutant), [part.files(each.original, each.rule) for part in self.slices(each)])

    def check_baselines(self, output: Mapping[str, tuple[str, ...]]) -> None:
        """Check that the tests pass on the original rules.

        Args:
            output: promtool's output for each test file, by case.

        Raises:
            DeclarationError: A test fails.
            EngineError: promtool crashed or hung.
        """
        for name, rule in self._baselines.items():
            outcome = outcome_of(output.get(name))
            if outcome is MutantOutcome.BROKEN:
                raise EngineError(f"promtool crashed or hung on the tests of {rule.name}, with the original rules")
            if outcome is not MutantOutcome.SURVIVED:
                text = next(text for text in output[name] if "FAILED" in text)
                raise DeclarationError(
                    f"the tests of {rule.name} fail on the original rules: {text.strip()[:_MAX_SHOWN]}",
                    where=rule.where,
                    fix="run `promtool test rules`; only files that pass their tests can be mutated",
                )


def _case(name: str, parts: Sequence[Mapping[str, str]]) -> RuleTestCase:
    files = {f"{place}/{file}": text for place, part in enumerate(parts) for file, text in part.items()}
    return RuleTestCase(name, files, tuple(f"{place}/test.yml" for place in range(len(parts))))
