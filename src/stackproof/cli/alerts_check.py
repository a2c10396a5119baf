"""``stackproof alerts check``: finds what is wrong in files of rules, routes and dashboards."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from stackproof.alerts.check_pages import explained
from stackproof.alerts.file_check import FilesToCheck, ToolUse
from stackproof.alerts.finding import Finding
from stackproof.alerts.sifting.baseline import read_baseline, written_baseline
from stackproof.alerts.sifting.fail_on import FailOn
from stackproof.alerts.sifting.sift import CheckResult, checked
from stackproof.alerts.sifting.sifted import HiddenBy
from stackproof.cli.finding_list import listed, page
from stackproof.cli.finding_sarif import sarif_log
from stackproof.declare.prometheus.rule_file import holds_rules
from stackproof.model import Location, StackproofError

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
@click.option(
    "--fail-on",
    metavar="LEVEL",
    type=click.Choice([level.value for level in FailOn]),
    default=FailOn.ERROR.value,
    show_default=True,
    help="Exit code 1 from this severity (error, warning, info) or confidence (certain, likely, advice) on, or never.",
)
@click.option("--baseline", type=_PATH, metavar="FILE", help="Show only findings that this baseline does not have.")
@click.option("--write-baseline", type=_PATH, metavar="FILE", help="Write today's findings as a baseline.")
@click.option("--skip-others", is_flag=True, help="Skip files among RULES that hold no rules.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--sarif", "form", flag_value="sarif", help="Print SARIF 2.1.0.")
@click.option("--explain", metavar="CHECK", help="Print the page of a check, such as rules/missing-for.")
@click.argument("more_rules", nargs=-1, metavar="[RULES]...")
@click.pass_context
def check(ctx: click.Context, /, **_options: object) -> None:
    """Find what is wrong in rules, routes and dashboards. Works on any files, without a running stack.

    The options for rules, dashboards and metrics may be given several times; RULES are further rule files.
    A comment `# stackproof: ignore CHECK reason` beside a rule or route hides what CHECK finds there.
    Exit code: 1 if a finding is at or above the level of --fail-on, else 0; 2 for wrong use.
    """
    given = ctx.params
    if given["explain"]:
        click.echo(page(explained(given["explain"]), _columns(), colour=sys.stdout.isatty()))
        return
    requested = _requested(given)
    tools = ToolUse(given["tools"] or ToolUse.RUN)
    if given["write_baseline"]:
        _write_baseline(given, requested, tools)
        return
    baseline = given["baseline"] and read_baseline(given["baseline"])
    result = checked(requested, tools, baseline)
    click.echo(_printed(result, given["form"]))
    for note in _notes(result, given["baseline"]):
        click.echo(note, err=True)
    sys.exit(int(FailOn(given["fail_on"]).is_met(result.counted)))


def _requested(given: Mapping[str, Any]) -> FilesToCheck:
    more = given["more_rules"]
    requested = FilesToCheck(
        rules=(*given["rules"], *(each for each in more if not given["skip_others"] or holds_rules(Path(each)))),
        alertmanager=given["alertmanager"],
        prometheus=given["prometheus"],
        dashboards=given["dashboards"],
        metrics=given["metrics"],
        slo=given["slo"],
    )
    if not (requested.rules or more or requested.alertmanager or requested.prometheus or requested.dashboards):
        raise click.UsageError("expected files to check: --rules, --alertmanager, --prometheus or --dashboards")
    return requested


def _write_baseline(given: Mapping[str, Any], requested: FilesToCheck, tools: ToolUse) -> None:
    if given["baseline"] or given["form"]:
        raise click.UsageError("--write-baseline prints no findings: expected no --baseline, --json or --sarif")
    file: Path = given["write_baseline"]
    try:
        written = written_baseline(checked(requested, tools).counted, file)
    except OSError as error:
        raise StackproofError(f"cannot be written: {error.strerror}", where=Location(file)) from None
    click.echo(f"{file} has {_counted(sum(written.counts.values()))}; from now on: --baseline {file}")


def _printed(result: CheckResult, form: str | None) -> str:
    if form == "sarif":
        return sarif_log(result, Path())
    if form == "json":
        return _json(result.counted)
    return listed(result.counted, _columns(), colour=sys.stdout.isatty())


def _notes(result: CheckResult, baseline: Path | None) -> Iterator[str]:
    """What the findings do not show: how many are hidden."""
    hidden = Counter(each.by for each in result.hidden)
    if hidden[HiddenBy.COMMENT]:
        yield f"comments hide {_counted(hidden[HiddenBy.COMMENT])}"
    if baseline:
        are, them = ("is", "it") if result.fixed == 1 else ("are", "them")
        gone = f"; {_counted(result.fixed)} of it {are} gone: --write-baseline removes {them}" if result.fixed else ""
        yield f"{baseline} hides {_counted(hidden[HiddenBy.BASELINE])}{gone}"


def _counted(count: int) -> str:
    return f"{count} finding{'s' * (count != 1)}"


def _columns() -> int:
    return shutil.get_terminal_size().columns


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
