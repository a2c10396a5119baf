"""``stackproof setup`` and ``stackproof doctor``: what a run needs of this machine."""

import json
import sys
from dataclasses import asdict

import click

from stackproof.host.setup import diagnose, prepare


@click.command()
def setup() -> None:
    """Prepare this machine for a run: engine, base image, our own images. What is already there is left as it is."""
    prepare(lambda line: click.echo(f"setup: {line}"))


@click.command()
@click.option("--json", "form", flag_value="json", help="Print the findings as JSON.")
def doctor(form: str | None) -> None:
    """Show what a run needs of this machine, what is there, and how to fix what is missing. Changes nothing.

    Exit code: 0 if nothing is missing, 1 otherwise.
    """
    findings = diagnose()
    if form == "json":
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{'ok     ' if finding.ok else 'MISSING'} {finding.what}: {finding.seen}")
            if not finding.ok:
                click.echo(f"        expected {finding.expected}\n        fix: {finding.fix}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
