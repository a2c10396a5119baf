"""Where mutants of rules are tested: tests are cut down to what each rule can touch, once for each rule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from stackproof.alerts.mutants.mutant import Mutant, RuleMutant
from stackproof.alerts.mutants.outcome import Outcome, outcome_of
from stackproof.alerts.mutants.slices import Slice, slices
from stackproof.model import DeclarationError, EngineError
from stackproof.model.alerting import Rule, RuleGroup
from stackproof.model.rule_tests import RuleTestFile
from stackproof.tools.promtool import RuleTestCase

_LABEL = "labels."
_LONGEST = 1500


class Bench:
    """Makes cases for promtool.

    Args:
        groups: The groups of all files that tests name, by the file's full path.
        tests: The tests; their rule files are full paths.
    """

    def __init__(self, groups: Mapping[Path, tuple[RuleGroup, ...]], tests: Sequence[RuleTestFile]) -> None:
        self._groups = groups
        self._tests = tests
        self._slices: dict[tuple[int, str], tuple[Slice, ...]] = {}
        self._names: dict[str, str] = {}
        self._bases: dict[str, Rule] = {}

    def slices(self, each: RuleMutant) -> tuple[Slice, ...]:
        """The parts of tests that can notice a mutant; none where none can."""
        usual = self._cut(each.original, "")
        if not each.part.startswith(_LABEL):
            return usual
        found = self._cut(each.original, each.part.removeprefix(_LABEL))
        same = len(found) == len(usual) and all(one.same_as(other) for one, other in zip(found, usual, strict=True))
        return usual if same else found

    def _cut(self, rule: Rule, loose: str) -> tuple[Slice, ...]:
        key = (id(rule), loose)
        if key not in self._slices:
            self._slices[key] = slices(rule, self._groups, self._tests, loose)
        return self._slices[key]

    def name(self, mutant: Mutant) -> str:
        """A short name without blanks."""
        return self._names.setdefault(mutant.id, f"m{len(self._names)}")

    def bases(self, mutants: Iterable[RuleMutant]) -> Iterator[RuleTestCase]:
        """The same tests on the rules as they are, each part once."""
        parts = {id(self.slices(each)): each for each in mutants}
        for number, each in enumerate(parts.values()):
            self._bases[f"b{number}"] = each.original
            yield _case(f"b{number}", [part.files() for part in self.slices(each)])

    def case(self, each: RuleMutant) -> RuleTestCase:
        """The tests of a mutant."""
        return _case(self.name(each.mutant), [part.files(each.original, each.rule) for part in self.slices(each)])

    def check(self, said: Mapping[str, tuple[str, ...]]) -> None:
        """See that the tests pass on the rules as they are.

        Raises:
            DeclarationError: They fail.
            EngineError: promtool crashed or hung.
        """
        for name, rule in self._bases.items():
            outcome = outcome_of(said.get(name))
            if outcome is Outcome.BROKEN:
                raise EngineError(f"promtool gave no word on the tests of {rule.name}, with the rules as they are")
            if outcome is not Outcome.SURVIVED:
                text = next(text for text in said[name] if "FAILED" in text)
                raise DeclarationError(
                    f"the tests of {rule.name} fail on the rules as they are: {text.strip()[:_LONGEST]}",
                    where=rule.where,
                    fix="run `promtool test rules`; mutants are made of files that pass their tests",
                )


def _case(name: str, parts: Sequence[Mapping[str, str]]) -> RuleTestCase:
    files = {f"{place}/{file}": text for place, part in enumerate(parts) for file, text in part.items()}
    return RuleTestCase(name, files, tuple(f"{place}/test.yml" for place in range(len(parts))))
