"""``stackproof alerts check``: finds what is wrong in files of rules, routes and dashboards."""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from stackproof.alerts.file_check import FilesToCheck, ToolUse, check_files
from stackproof.alerts.finding import Finding, Severity
from stackproof.cli.finding_list import listed

_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class _FindingJson:
    """A finding in the JSON output."""

    id: str
    severity: str
    confidence: str
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
@click.option("--metrics", multiple=True, metavar="URL|FILE", help="An exporter's /metrics page.")
@click.option("--slo", type=_PATH, metavar="FOLDER", help="SLO files (Sloth's format).")
@click.option("--no-tools", "tools", flag_value="skip", help="Do not run promtool, amtool and amlint.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.argument("more_rules", nargs=-1, metavar="[RULES]...")
@click.pass_context
def check(ctx: click.Context, /, form: str | None, tools: str | None, **_options: object) -> None:
    """Find what is wrong in rules, routes and dashboards. Works on any files, without a running stack.

    The options for rules, dashboards and metrics may be given several times; RULES are further rule files.
    Exit code: 1 if any finding is an error, else 0.
    """
    given = ctx.params
    requested = FilesToCheck(
        rules=(*given["rules"], *given["more_rules"]),
        alertmanager=given["alertmanager"],
        prometheus=given["prometheus"],
        dashboards=given["dashboards"],
        metrics=given["metrics"],
        slo=given["slo"],
    )
    if not (requested.rules or requested.alertmanager or requested.prometheus or requested.dashboards):
        raise click.UsageError("expected files to check: --rules, --alertmanager, --prometheus or --dashboards")
    findings = check_files(requested, ToolUse(tools or ToolUse.RUN))
    click.echo(_json(findings) if form == "json" else _text(findings))
    sys.exit(int(any(finding.severity is Severity.ERROR for finding in findings)))


def _json(findings: Sequence[Finding]) -> str:
    items = [
        _FindingJson(
            id=each.id,
            severity=each.severity.value,
            confidence=each.confidence.value,
            file=_file(each),
            line=each.where.line,
            message=each.message,
            why=each.why,
            fix=each.fix,
        )
        for each in findings
    ]
    return json.dumps({"findings": [asdict(each) for each in items]}, indent=2)


def _file(finding: Finding) -> str:
    """The file as it was given; "" for a finding that is in no file."""
    return "" if finding.where.file == Path() else str(finding.where.file)


def _text(findings: Sequence[Finding]) -> str:
    return listed(findings, shutil.get_terminal_size().columns, colour=sys.stdout.isatty())
