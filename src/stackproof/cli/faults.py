"""``stackproof faults`` and ``stackproof inject``: which faults exist, and holding one by hand."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from stackproof.cli.durations import DURATION
from stackproof.cli.options import stack_option
from stackproof.faults.catalogue import families, family_of
from stackproof.faults.catalogue import fault as fault_of
from stackproof.faults.fault_kind import FaultKind
from stackproof.model import FaultSpec, Verdict
from stackproof.run.by_hand import hold_by_hand, outcome, why_not_back
from stackproof.run.kept_runs import newest_run
from stackproof.run.stack_file import find_stack_file


@dataclass(frozen=True, slots=True)
class _ListedFault:
    """A kind of fault, as JSON shows it."""

    kind: str
    family: str
    aim: str
    summary: str
    parameters: dict[str, str]


def _listed(kind: FaultKind) -> _ListedFault:
    parameters = {each.name: f"{each.meaning}: {each.expected}" for each in kind.parameters}
    return _ListedFault(kind.kind, family_of(kind.kind), kind.target, kind.summary, parameters)


@click.group()
def faults() -> None:
    """List the kinds of faults, and describe them."""


@faults.command("list")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
def list_faults(form: str | None) -> None:
    """List every kind of fault, by family."""
    if form == "json":
        listed = [asdict(_listed(each)) for kinds in families().values() for each in kinds]
        click.echo(json.dumps(listed, indent=2))
        return
    for family, kinds in families().items():
        click.echo(f"{family}:")
        for each in kinds:
            click.echo(f"  {each.kind:<12} {each.target:<24} {each.summary}")


@faults.command()
@click.argument("kind")
def show(kind: str) -> None:
    """Show what KIND does, its target, and its parameters."""
    listed = _listed(fault_of(kind))
    click.echo(f"{listed.kind}: {listed.summary}\n  family: {listed.family}\n  target: {listed.aim}")
    for name, text in listed.parameters.items():
        click.echo(f"  {name}: {text}")


def _progress(line: str) -> None:
    click.echo(f"stackproof: {line}", err=True)


@click.command()
@stack_option
@click.argument("fault")
@click.option("--for", "for_s", type=DURATION, default=60.0, show_default="60s", help="How long to hold it.")
def inject(stack_file: Path | None, fault: str, for_s: float) -> None:
    """Hold FAULT, "KIND TARGET key=value ...", on the newest running stack, and heal it.

    Ctrl-C heals it at once. If this command is killed (kill -9), a sentinel heals it.

    Exit code: 0 if it was confirmed that the fault took effect, 3 if not; 1 if what worked before did not work again.
    """
    engine = newest_run(find_stack_file(stack_file))
    before = engine.all_states()
    evidence = hold_by_hand(engine, FaultSpec.parse(fault), for_s, _progress)
    wrong = why_not_back(engine, before)
    click.echo(f"{outcome(evidence)}; healed" + (f", but not as before: {wrong}" if wrong else ""))
    verdict = Verdict.PASS if evidence.confirmed else Verdict.INCONCLUSIVE
    sys.exit((Verdict.FAIL if wrong else verdict).exit_code)
