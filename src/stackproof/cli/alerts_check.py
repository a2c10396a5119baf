"""``stackproof alerts check``: what is wrong with files of rules, routes and dashboards."""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from stackproof.alerts.checking import FilesToProve, OthersTools, prove_files
from stackproof.alerts.finding import Finding, Severity

_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class _Told:
    """A finding, as JSON shows it."""

    id: str
    severity: str
    file: str
    line: int | None
    message: str
    why: str
    fix: str


@click.command()
@click.option("--rules", "rules", multiple=True, metavar="FILE", help="Rules: a file, a folder or a pattern.")
@click.option("--alertmanager", type=_PATH, metavar="FILE", help="Alertmanager's configuration.")
@click.option("--prometheus", type=_PATH, metavar="FILE", help="Prometheus' configuration.")
@click.option("--dashboards", multiple=True, metavar="FILE", help="Grafana dashboards: a file, a folder or a pattern.")
@click.option("--metrics", multiple=True, metavar="URL|FILE", help="What an exporter answers at /metrics.")
@click.option("--slo", type=_PATH, metavar="FOLDER", help="SLO files (Sloth's format): what is promised.")
@click.option("--no-tools", "tools", flag_value="leave", help="Do not ask promtool, amtool and amlint.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.argument("more_rules", nargs=-1, metavar="[RULES]...")
@click.pass_context
def check(ctx: click.Context, /, form: str | None, tools: str | None, **_options: object) -> None:
    """Find what is wrong with rules, routes and dashboards; no stack need stand, no file need be ours.

    Options for rules, dashboards and metrics may be given several times; RULES are further files of rules.
    Exit code: 1 where there is an error, 0 where there is none.
    """
    given = ctx.params
    asked = FilesToProve(
        rules=(*given["rules"], *given["more_rules"]),
        alertmanager=given["alertmanager"],
        prometheus=given["prometheus"],
        dashboards=given["dashboards"],
        metrics=given["metrics"],
        slo=given["slo"],
    )
    if not (asked.rules or asked.alertmanager or asked.prometheus or asked.dashboards):
        raise click.UsageError("expected files to prove: --rules, --alertmanager, --prometheus or --dashboards")
    findings = prove_files(asked, OthersTools(tools or OthersTools.ASK))
    click.echo(_json(findings) if form == "json" else _told(findings))
    sys.exit(int(any(finding.severity is Severity.ERROR for finding in findings)))


def _json(findings: Sequence[Finding]) -> str:
    told = [
        _Told(
            id=each.id,
            severity=each.severity.value,
            file=_file(each),
            line=each.where.line,
            message=each.message,
            why=each.why,
            fix=each.fix,
        )
        for each in findings
    ]
    return json.dumps({"findings": [asdict(each) for each in told]}, indent=2)


def _file(finding: Finding) -> str:
    """The file as it was given; "" for what is in none."""
    return "" if finding.where.file == Path() else str(finding.where.file)


def _told(findings: Sequence[Finding]) -> str:
    from stackproof.cli.finding_list import listed  # noqa: PLC0415 - rich is slow to import, and JSON needs none

    return listed(findings, shutil.get_terminal_size().columns, colour=sys.stdout.isatty())
