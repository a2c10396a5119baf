"""Puts tests of rules and routes to the proof: each small wrong edit of the files must make one of them fail."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stackproof.alerts.mutants.bench import Bench
from stackproof.alerts.mutants.exclusions import Mark, mark_of, read_marks
from stackproof.alerts.mutants.mutant import Mutant, RuleMutant
from stackproof.alerts.mutants.outcome import Outcome, outcome_of
from stackproof.alerts.mutants.report import Judged, MutationReport
from stackproof.alerts.mutants.routing import owners, routing_mutants
from stackproof.alerts.mutants.rules import rule_mutants
from stackproof.alerts.routing.testing import failures
from stackproof.declare.alertmanager.config import read_routing
from stackproof.declare.alertmanager.route_tests import read_route_tests
from stackproof.declare.prometheus.rule_tests import read_rule_tests
from stackproof.declare.prometheus.rules import read_rules
from stackproof.documents.tree import read_text
from stackproof.model import DeclarationError, Location
from stackproof.model.alerting import RuleGroup
from stackproof.model.rule_tests import RuleTestFile
from stackproof.tools.promtool import run_rule_tests

_UNTESTED = "no test speaks of it"


@dataclass(frozen=True, slots=True)
class MutationFiles:
    """What is mutated, and the tests that must notice.

    Attributes:
        rules: Files of rules.
        tests: promtool's tests of them.
        alertmanager: An Alertmanager configuration.
        route_tests: Tests of it.
    """

    rules: Sequence[Path] = ()
    tests: Sequence[Path] = ()
    alertmanager: Path | None = None
    route_tests: Sequence[Path] = ()


@dataclass(slots=True)
class Watcher:
    """Is told how far it is; both do nothing where nobody watches.

    Attributes:
        planned: Called once with the number of steps.
        done: Called after each.
    """

    planned: Callable[[int], None] = field(default=lambda _steps: None)
    done: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done at once, and at all.

    Attributes:
        jobs: How many processes test at once.
        sample: How many mutants of rules are judged, chosen by chance but always the same; None for all.
    """

    jobs: int
    sample: int | None = None


def mutate(files: MutationFiles, effort: Effort, watcher: Watcher) -> MutationReport:
    """Judge every mutant of rules and routes.

    Args:
        files: What is mutated, and the tests.
        effort: How much is done at once, and at all.
        watcher: Is told how far it is.

    Raises:
        DeclarationError: A file cannot be read, or the tests fail on the files as they are.
        EngineError: promtool could not be run.
    """
    started = time.monotonic()
    judged, places = _routes(files)
    if files.rules:
        of_rules, rule_places = _rules(files, effort, watcher)
        judged, places = [*of_rules, *judged], [*rule_places, *places]
    changed = (*files.rules, *([files.alertmanager] if files.alertmanager else []))
    marks = [mark for file in changed for mark in read_marks(file, read_text(file))]
    excused, needless = _excused(judged, marks, places)
    return MutationReport(excused, needless, time.monotonic() - started)


def _excused(
    judged: Iterable[Judged], marks: Sequence[Mark], places: Sequence[Location]
) -> tuple[list[Judged], list[Mark]]:
    """Survivors that a mark excuses become equivalent; a mark that excuses none is needless."""
    found, used = [], set()
    for each in judged:
        mark = mark_of(each.mutant, marks, places) if each.outcome is Outcome.SURVIVED else None
        if mark is not None:
            used.add(mark.where)
            found.append(Judged(each.mutant, Outcome.EQUIVALENT, mark.reason))
        else:
            found.append(each)
    return found, [mark for mark in marks if mark.where not in used]


def _routes(files: MutationFiles) -> tuple[list[Judged], list[Location]]:
    if files.alertmanager is None:
        return [], []
    routing = read_routing(files.alertmanager)
    tests = [read_route_tests(file) for file in files.route_tests]
    for claims in tests:
        for where, said in failures(routing, claims):
            raise DeclarationError(
                f"the route tests fail on {files.alertmanager} as it is: {said}",
                where=where,
                fix="mend the file or the test; mutants are made of files that pass their tests",
            )
    judged = []
    for each in routing_mutants(routing):
        noticed = any(True for test in tests for _ in failures(each.routing, test))
        judged.append(_judged(each.mutant, Outcome.KILLED if noticed else Outcome.SURVIVED))
    return judged, list(owners(routing))


def _judged(mutant: Mutant, outcome: Outcome, reason: str = "") -> Judged:
    """The outcome; a mutant that is proved to change nothing is equivalent, whatever else."""
    if mutant.equivalent:
        return Judged(mutant, Outcome.EQUIVALENT, mutant.equivalent)
    return Judged(mutant, outcome, reason)


def _rules(files: MutationFiles, effort: Effort, watcher: Watcher) -> tuple[list[Judged], list[Location]]:
    tests = [read_rule_tests(file) for file in files.tests]
    groups = _groups(files.rules, tests)
    own = [group for file in files.rules for group in groups[file.resolve()]]
    evaluation_s = min((test.evaluation_s for test in tests), default=0.0)
    mutants = _sampled(list(rule_mutants(own, evaluation_s)), effort.sample)
    bench = Bench(groups, [_resolved(test) for test in tests])
    wanted = [each for each in mutants if not each.mutant.equivalent and bench.slices(each)]
    cases = [*bench.bases(wanted), *(bench.case(each) for each in wanted)]
    watcher.planned(len(cases))
    said = run_rule_tests(cases, effort.jobs, watcher.done)
    bench.check(said)
    judged = [_outcome(each, bench, said) for each in mutants]
    return judged, [rule.where for group in own for rule in group.rules]


def _sampled(mutants: list[RuleMutant], sample: int | None) -> list[RuleMutant]:
    if sample is None or sample >= len(mutants):
        return mutants
    chosen = sorted(random.Random(0).sample(range(len(mutants)), sample))  # noqa: S311 - fair, no secret
    return [mutants[place] for place in chosen]


def _groups(rules: Sequence[Path], tests: Sequence[RuleTestFile]) -> Mapping[Path, tuple[RuleGroup, ...]]:
    """The groups of all files that are mutated or named by a test, by the file's full path."""
    named = [file for test in tests for file in test.rule_files]
    first = {file.resolve(): file for file in reversed((*rules, *named))}
    return {full: read_rules(file).sound() for full, file in first.items()}


def _resolved(test: RuleTestFile) -> RuleTestFile:
    return RuleTestFile(
        test.file, test.content, tuple(dict.fromkeys(file.resolve() for file in test.rule_files)), test.evaluation_s
    )


def _outcome(each: RuleMutant, bench: Bench, said: Mapping[str, tuple[str, ...]]) -> Judged:
    if not bench.slices(each):
        return _judged(each.mutant, Outcome.SURVIVED, _UNTESTED)
    return _judged(each.mutant, outcome_of(said.get(bench.name(each.mutant))))
