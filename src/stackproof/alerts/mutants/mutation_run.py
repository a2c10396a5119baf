"""Runs the tests of rules and routes on mutants: each small wrong edit of the files must make a test fail."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stackproof.alerts.mutants.exclusions import Exclusion, exclusion_of, read_exclusions
from stackproof.alerts.mutants.mutant import Mutant, RuleMutant
from stackproof.alerts.mutants.outcome import MutantOutcome, outcome_of
from stackproof.alerts.mutants.report import JudgedMutant, MutationReport
from stackproof.alerts.mutants.routing_mutants import owners, routing_mutants
from stackproof.alerts.mutants.rule_mutants import rule_mutants
from stackproof.alerts.mutants.rule_test_cases import RuleTestCases
from stackproof.alerts.routing.route_test_run import failures
from stackproof.declare.alertmanager.route_test_file import read_route_tests
from stackproof.declare.alertmanager.routing_config import read_routing
from stackproof.declare.prometheus.rule_file import read_rules
from stackproof.declare.prometheus.rule_test_file import read_rule_tests
from stackproof.documents.text_files import read_text
from stackproof.model import DeclarationError, Location
from stackproof.model.monitoring import RuleGroup
from stackproof.model.rule_tests import RuleTestFile
from stackproof.tools.promtool import run_rule_tests

_UNTESTED = "no test covers it"


@dataclass(frozen=True, slots=True)
class MutationFiles:
    """The files to mutate, and the tests that must notice.

    Attributes:
        rules: Rule files.
        tests: promtool's tests of them.
        alertmanager: An Alertmanager configuration.
        route_tests: Tests of it.
    """

    rules: Sequence[Path] = ()
    tests: Sequence[Path] = ()
    alertmanager: Path | None = None
    route_tests: Sequence[Path] = ()


@dataclass(slots=True)
class MutationProgress:
    """Callbacks that report progress; by default they do nothing.

    Attributes:
        planned: Called once with the number of steps.
        done: Called after each step.
    """

    planned: Callable[[int], None] = field(default=lambda _steps: None)
    done: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class MutationLimits:
    """How many mutants to try, and how many at a time.

    Attributes:
        jobs: How many processes run tests in parallel.
        sample: How many mutants of rules to try, chosen at random with a fixed seed; None for all.
    """

    jobs: int
    sample: int | None = None


def run_mutants(files: MutationFiles, limits: MutationLimits, progress: MutationProgress) -> MutationReport:
    """Run the tests on every mutant of rules and routes.

    Args:
        files: The files to mutate, and the tests.
        limits: How many mutants to try, and how many at a time.
        progress: Callbacks that report progress.

    Raises:
        DeclarationError: A file cannot be read, or the tests fail on the original files.
        EngineError: promtool could not be run.
    """
    started = time.monotonic()
    judged, places = _routes(files)
    if files.rules:
        of_rules, rule_places = _rules(files, limits, progress)
        judged, places = [*of_rules, *judged], [*rule_places, *places]
    mutated = (*files.rules, *([files.alertmanager] if files.alertmanager else []))
    exclusions = [each for file in mutated for each in read_exclusions(file, read_text(file))]
    remaining, unused = _apply_exclusions(judged, exclusions, places)
    return MutationReport(remaining, unused, time.monotonic() - started)


def _apply_exclusions(
    judged: Iterable[JudgedMutant], exclusions: Sequence[Exclusion], owners: Sequence[Location]
) -> tuple[list[JudgedMutant], list[Exclusion]]:
    """Make excluded survivors equivalent; give also the exclusions that cover none."""
    found, used = [], set()
    for each in judged:
        survived = each.outcome is MutantOutcome.SURVIVED
        exclusion = exclusion_of(each.mutant, exclusions, owners) if survived else None
        if exclusion is not None:
            used.add(exclusion.where)
            found.append(JudgedMutant(each.mutant, MutantOutcome.EQUIVALENT, exclusion.reason))
        else:
            found.append(each)
    return found, [each for each in exclusions if each.where not in used]


def _routes(files: MutationFiles) -> tuple[list[JudgedMutant], list[Location]]:
    if files.alertmanager is None:
        return [], []
    routing = read_routing(files.alertmanager)
    tests = [read_route_tests(file) for file in files.route_tests]
    for claims in tests:
        for where, message in failures(routing, claims):
            raise DeclarationError(
                f"the route tests fail on the original {files.alertmanager}: {message}",
                where=where,
                fix="correct the file or the test; only files that pass their tests can be mutated",
            )
    judged = []
    for each in routing_mutants(routing):
        noticed = any(True for test in tests for _ in failures(each.routing, test))
        judged.append(_judged(each.mutant, MutantOutcome.KILLED if noticed else MutantOutcome.SURVIVED))
    return judged, list(owners(routing))


def _judged(mutant: Mutant, outcome: MutantOutcome, reason: str = "") -> JudgedMutant:
    """The mutant with its outcome; one that provably changes nothing is equivalent whatever the tests did."""
    if mutant.equivalent:
        return JudgedMutant(mutant, MutantOutcome.EQUIVALENT, mutant.equivalent)
    return JudgedMutant(mutant, outcome, reason)


def _rules(
    files: MutationFiles, limits: MutationLimits, progress: MutationProgress
) -> tuple[list[JudgedMutant], list[Location]]:
    tests = [read_rule_tests(file) for file in files.tests]
    groups = _groups(files.rules, tests)
    own = [group for file in files.rules for group in groups[file.resolve()]]
    evaluation_s = min((test.evaluation_s for test in tests), default=0.0)
    mutants = _sampled(list(rule_mutants(own, evaluation_s)), limits.sample)
    cases = RuleTestCases(groups, [_resolved(test) for test in tests])
    tested = [each for each in mutants if not each.mutant.equivalent and cases.slices(each)]
    planned = [*cases.baselines(tested), *(cases.case(each) for each in tested)]
    progress.planned(len(planned))
    output = run_rule_tests(planned, limits.jobs, progress.done)
    cases.check_baselines(output)
    judged = [_outcome(each, cases, output) for each in mutants]
    return judged, [rule.where for group in own for rule in group.rules]


def _sampled(mutants: list[RuleMutant], sample: int | None) -> list[RuleMutant]:
    if sample is None or sample >= len(mutants):
        return mutants
    chosen = sorted(random.Random(0).sample(range(len(mutants)), sample))  # noqa: S311 - no secret
    return [mutants[place] for place in chosen]


def _groups(rules: Sequence[Path], tests: Sequence[RuleTestFile]) -> Mapping[Path, tuple[RuleGroup, ...]]:
    """The groups of all files that are mutated or named by a test, by the file's absolute path."""
    named = [file for test in tests for file in test.rule_files]
    first = {file.resolve(): file for file in reversed((*rules, *named))}
    return {full: read_rules(file).sound() for full, file in first.items()}


def _resolved(test: RuleTestFile) -> RuleTestFile:
    return RuleTestFile(
        test.file, test.content, tuple(dict.fromkeys(file.resolve() for file in test.rule_files)), test.evaluation_s
    )


def _outcome(each: RuleMutant, cases: RuleTestCases, output: Mapping[str, tuple[str, ...]]) -> JudgedMutant:
    if not cases.slices(each):
        return _judged(each.mutant, MutantOutcome.SURVIVED, _UNTESTED)
    return _judged(each.mutant, outcome_of(output.get(cases.name(each.mutant))))
