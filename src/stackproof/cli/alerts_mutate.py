"""``stackproof alerts mutate``: checks that the tests of rules and routes notice small wrong edits."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax

from stackproof.alerts.mutants.mutation_run import MutationFiles, MutationLimits, MutationProgress, run_mutants
from stackproof.alerts.mutants.outcome import MutantOutcome
from stackproof.alerts.mutants.report import JudgedMutant, MutationReport
from stackproof.model import DeclarationError

_FILE = click.Path(path_type=Path)
_LISTS = ("--rules", "--tests", "--route-tests")


class _Lists(click.Command):
    """Accepts several files after one option, as a shell expands a pattern: ``--rules a.yml b.yml``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before each further file."""
        named: list[str] = []
        option = ""
        for arg in args:
            if arg.startswith("-"):
                option = arg if arg in _LISTS else ""
            elif option and named[-1] != option:
                named.append(option)
            named.append(arg)
        return super().parse_args(ctx, named)


@click.command(cls=_Lists)
@click.option("--rules", type=_FILE, multiple=True, metavar="FILE...", help="Rules to edit.")
@click.option("--tests", type=_FILE, multiple=True, metavar="FILE...", help="promtool's tests of them.")
@click.option("--alertmanager", type=_FILE, metavar="FILE", help="Alertmanager's configuration, to edit.")
@click.option("--route-tests", type=_FILE, multiple=True, metavar="FILE...", help="Tests of its routes.")
@click.option(
    "--at-least", type=click.FloatRange(0, 1), default=0.95, show_default=True, help="Share that the tests must notice."
)
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Tests at once; default: cores.")
@click.option(
    "--sample", type=click.IntRange(min=1), help="Try this many edits of rules, chosen at random; default: all."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def mutate(  # noqa: PLR0913 - the options of a command
    *,
    rules: tuple[Path, ...],
    tests: tuple[Path, ...],
    alertmanager: Path | None,
    route_tests: tuple[Path, ...],
    at_least: float,
    jobs: int,
    sample: int | None,
    as_json: bool,
) -> None:
    """Check that tests notice small wrong edits of rules and routes.

    Exit code: 0 if they noticed enough, 1 if not, 2 if a file cannot be read or the tests fail on the unedited files.
    """
    _check(rules, tests, alertmanager, route_tests)
    files = MutationFiles(rules, tests, alertmanager, route_tests)
    with _progress_bar() as progress:
        report = run_mutants(files, MutationLimits(jobs, sample), progress)
    if as_json:
        click.echo(json.dumps(_summary(report), indent=2))
    else:
        _show(report, at_least)
    sys.exit(0 if report.score >= at_least else 1)


def _check(
    rules: tuple[Path, ...], tests: tuple[Path, ...], alertmanager: Path | None, route_tests: tuple[Path, ...]
) -> None:
    if bool(rules) is not bool(tests) or (alertmanager is not None) is not bool(route_tests):
        raise DeclarationError(
            "expected rules with their tests, and an Alertmanager configuration with its route tests; saw only one",
            fix="give --rules with --tests, or --alertmanager with --route-tests, or all four",
        )
    if not rules and alertmanager is None:
        raise DeclarationError("expected files to mutate, saw none", fix="give --rules with --tests")


@contextmanager
def _progress_bar() -> Iterator[MutationProgress]:
    columns = (TextColumn("mutants"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("mutants", total=None)

        def planned(steps: int) -> None:
            progress.update(task, total=steps)

        def done() -> None:
            progress.advance(task)

        yield MutationProgress(planned, done)


def _summary(report: MutationReport) -> dict[str, object]:
    return {
        "mutants": len(report.judged),
        "killed": len(report.of(MutantOutcome.KILLED)),
        "equivalent": [{**_place(each), "reason": each.reason} for each in report.of(MutantOutcome.EQUIVALENT)],
        "survivors": [
            {**_place(each), "reason": each.reason, "diff": each.mutant.diff()}
            for each in report.of(MutantOutcome.SURVIVED)
        ],
        "refused": [_place(each) for each in report.of(MutantOutcome.REFUSED)],
        "broken": [_place(each) for each in report.of(MutantOutcome.BROKEN)],
        "needless_marks": [
            {"file": str(exclusion.where.file), "line": exclusion.where.line, "names": sorted(exclusion.names)}
            for exclusion in report.unused_exclusions
        ],
        "seconds": round(report.seconds, 1),
        "score": round(report.score, 4),
    }


def _place(each: JudgedMutant) -> dict[str, object]:
    mutant = each.mutant
    return {
        "id": mutant.id,
        "operator": mutant.operator,
        "file": str(mutant.where.file),
        "line": mutant.where.line,
    }


def _show(report: MutationReport, at_least: float) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for each in report.of(MutantOutcome.SURVIVED):
        reason = f" ({each.reason})" if each.reason else ""
        console.print(f"[bold]{escape(str(each.mutant.where))}: {escape(each.mutant.id)} survived[/]{escape(reason)}")
        console.print(Syntax(each.mutant.diff(), "diff", background_color="default", word_wrap=True))
    for each in report.of(MutantOutcome.EQUIVALENT):
        console.print(
            f"{escape(str(each.mutant.where))}: {escape(each.mutant.id)} is equivalent: {escape(each.reason)}"
        )
    for outcome, reason in (
        (MutantOutcome.REFUSED, "promtool refuses it"),
        (MutantOutcome.BROKEN, "promtool crashed or hung"),
    ):
        for each in report.of(outcome):
            console.print(f"{escape(str(each.mutant.where))}: {escape(each.mutant.id)}: {reason}")
    for exclusion in report.unused_exclusions:
        console.print(f"{escape(str(exclusion.where))}: this comment excludes no surviving mutant; remove it")
    enough = "enough" if report.score >= at_least else f"expected {at_least:.1%}"
    killed, equivalent = len(report.of(MutantOutcome.KILLED)), len(report.of(MutantOutcome.EQUIVALENT))
    console.print(
        f"{len(report.judged)} mutants in {report.seconds:.0f} s: {killed} killed, "
        f"{len(report.of(MutantOutcome.SURVIVED))} survived, {equivalent} equivalent; {report.score:.1%}, {enough}"
    )
