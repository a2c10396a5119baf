"""``stackproof setup`` and ``stackproof doctor``: what this machine has, lacks, and gets."""

import json
import sys
from dataclasses import asdict

import click

from stackproof.host.setup import diagnose, prepare


@click.command()
def setup() -> None:
    """Prepare this machine for a run: engine, base image, our own images. Where all is there, nothing is done."""
    prepare(lambda line: click.echo(f"setup: {line}"))


@click.command()
@click.option("--json", "form", flag_value="json", help="Print the findings as JSON.")
def doctor(form: str | None) -> None:
    """Tell what a run needs of this machine, what it has, and how to mend what is missing. Changes nothing."""
    findings = diagnose()
    if form == "json":
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{'ok     ' if finding.ok else 'MISSING'} {finding.what}: {finding.seen}")
            if not finding.ok:
                click.echo(f"        expected {finding.expected}\n        fix: {finding.fix}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
