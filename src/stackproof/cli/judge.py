"""``stackproof judge`` and ``stackproof report``: old runs, judged again and shown together."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from stackproof.cli.options import reports_option, stack_option
from stackproof.declare.slo import read_objectives
from stackproof.history import read
from stackproof.judge import judge_run
from stackproof.model import HistoryError, Profile
from stackproof.report.summary import summarise
from stackproof.report.terminal import table
from stackproof.run.closing import publish
from stackproof.run.folder import latest_of_each_suite

_PATH = click.Path(path_type=Path)


@click.command()
@stack_option
@click.argument("run", type=_PATH)
@click.option("--slo", "slo_folder", type=_PATH, help="Judge against the objectives in this folder instead.")
@click.option(
    "--profile",
    type=click.Choice([each.value for each in Profile]),
    help="Which promises decide; the run's own profile without it.",
)
@click.option("--json", "form", flag_value="json", help="Print the summary as JSON.")
def judge(stack_file: Path | None, run: Path, slo_folder: Path | None, profile: str | None, form: str | None) -> None:
    """Judge RUN again from its record: a run's folder, or its history.jsonl. Needs no engine.

    Exit code: 0 PASS, 1 FAIL, 3 INCONCLUSIVE.
    """
    recorded = read(run)
    if slo_folder is not None:
        stack = replace(recorded.header.stack, file=stack_file) if stack_file else recorded.header.stack
        recorded = recorded.against(read_objectives(slo_folder, stack))
    judgement = judge_run(recorded, Profile(profile or recorded.header.profile or Profile.QUICK))
    click.echo(json.dumps(summarise(recorded, judgement).to_json(), indent=2) if form else table(judgement))
    sys.exit(judgement.verdict.exit_code)


@click.command()
@reports_option
def report(reports: Path) -> None:
    """Make one HTML report of the latest run of each suite."""
    results = [folder / "allure-results" for folder in latest_of_each_suite(reports)]
    results = [folder for folder in results if folder.is_dir()]
    if not results:
        raise HistoryError(f"no run with results in {reports / 'runs'}", fix="run a suite first: `tox -e sla`")
    click.echo(publish(results, reports, "stackproof", history="allure-history.jsonl"))
