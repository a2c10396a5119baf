"""``stackproof faults`` and ``stackproof inject``: what can be done to a stack, and doing it by hand."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from stackproof.cli.durations import DURATION
from stackproof.cli.options import stack_option
from stackproof.faults.catalogue import families, family_of
from stackproof.faults.catalogue import fault as fault_of
from stackproof.faults.fault import Fault
from stackproof.model import FaultSpec, Verdict
from stackproof.run.by_hand import hold_by_hand
from stackproof.run.kept_runs import newest_run
from stackproof.run.stack_file import find_stack_file


@dataclass(frozen=True, slots=True)
class _Told:
    """A kind of fault, as JSON shows it."""

    kind: str
    family: str
    aim: str
    summary: str
    parameters: dict[str, str]


def _told(fault: Fault) -> _Told:
    parameters = {each.name: f"{each.meaning}: {each.expected}" for each in fault.parameters}
    return _Told(fault.kind, family_of(fault.kind), fault.aim, fault.summary, parameters)


@click.group()
def faults() -> None:
    """Tell which faults there are."""


@faults.command("list")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
def list_faults(form: str | None) -> None:
    """List every kind of fault, family by family."""
    if form == "json":
        told = [asdict(_told(each)) for kinds in families().values() for each in kinds]
        click.echo(json.dumps(told, indent=2))
        return
    for family, kinds in families().items():
        click.echo(f"{family}:")
        for each in kinds:
            click.echo(f"  {each.kind:<12} {each.aim:<24} {each.summary}")


@faults.command()
@click.argument("kind")
def show(kind: str) -> None:
    """Show what KIND does, its target, and what it can be told."""
    told = _told(fault_of(kind))
    click.echo(f"{told.kind}: {told.summary}\n  family: {told.family}\n  target: {told.aim}")
    for name, text in told.parameters.items():
        click.echo(f"  {name}: {text}")


def _tell(line: str) -> None:
    click.echo(f"stackproof: {line}", err=True)


@click.command()
@stack_option
@click.argument("fault")
@click.option("--for", "for_s", type=DURATION, default=60.0, show_default="60s", help="How long it is held.")
def inject(stack_file: Path | None, fault: str, for_s: float) -> None:
    """Hold FAULT, "KIND TARGET key=value ...", on the newest standing run of a stack, and heal it.

    Ctrl-C heals it at once, and after a kill -9 of this command a sentinel does.

    Exit code: 0 where it was seen to bite, 3 where it was not.
    """
    engine = newest_run(find_stack_file(stack_file))
    evidence = hold_by_hand(engine, FaultSpec.parse(fault), for_s, _tell)
    click.echo(f"{'bit' if evidence.confirmed else 'was not seen to bite'}: {evidence.observed}; healed")
    sys.exit((Verdict.PASS if evidence.confirmed else Verdict.INCONCLUSIVE).exit_code)
