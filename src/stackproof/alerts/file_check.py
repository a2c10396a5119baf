"""Checks files of rules, routes and dashboards: reads them, runs every check, then promtool, amtool and amlint."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from glob import has_magic
from pathlib import Path
from typing import TypeVar

from stackproof.alerts.amlint import amlint_findings
from stackproof.alerts.catalogue import CHECKS
from stackproof.alerts.check import Monitoring
from stackproof.alerts.file_findings import metrics_missing, problem_finding, tool_findings, tools_not_run
from stackproof.alerts.file_search import FilesFound, find_dashboards, find_rule_files
from stackproof.alerts.finding import Finding, Severity
from stackproof.declare.alertmanager.routing_config import read_alertmanager
from stackproof.declare.dashboards import read_dashboard
from stackproof.declare.prometheus.exposition import metrics_of, read_exposition
from stackproof.declare.prometheus.rule_file import RuleFile, read_rules
from stackproof.declare.prometheus.scrape_config import read_scraping
from stackproof.declare.promises import read_promises
from stackproof.model import EngineError, Location, Objective, StackproofError
from stackproof.model.file_problem import FileProblem, FileProblemError
from stackproof.model.monitoring import NOWHERE, DashboardQuery, ExportedMetric, Routing, RuleGroup, Scraping
from stackproof.observe.exporters import MetricsUnavailableError, fetch_exposition
from stackproof.tools.alert_tools import AlertTool, ToolQuestion, ask_tools

_Read = TypeVar("_Read")
_ALSO_FOUND_BY_TOOLS = ("file/", "promql/invalid", "rules/template-broken")


class ToolUse(Enum):
    """Whether promtool, amtool and amlint are run too."""

    RUN = "run"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class FilesToCheck:
    """The files to check.

    Attributes:
        rules: Files, folders or patterns of rules; if empty, the rule files that Prometheus' configuration names.
        alertmanager: Alertmanager's configuration.
        prometheus: Prometheus' configuration.
        dashboards: Files, folders or patterns of Grafana dashboards.
        metrics: URLs of exporters, or files with their output.
        slo: A folder or file of Sloth specs.
    """

    rules: Sequence[str] = ()
    alertmanager: Path | None = None
    prometheus: Path | None = None
    dashboards: Sequence[str] = ()
    metrics: Sequence[str] = ()
    slo: Path | None = None


@dataclass(slots=True)
class _CheckState:
    """The findings so far, and the files that the tools will check."""

    requested: FilesToCheck
    findings: list[Finding] = field(default_factory=list)
    questions: list[ToolQuestion] = field(default_factory=list)
    groups: dict[Path, tuple[RuleGroup, ...]] = field(default_factory=dict)

    def report(self, problems: Iterable[FileProblem]) -> None:
        """Keep problems as findings."""
        self.findings += map(problem_finding, problems)

    def read(self, reader: Callable[[Path], _Read], file: Path) -> _Read | None:
        """Read a file; None, and a finding, if it cannot be read at all."""
        try:
            return reader(file)
        except FileProblemError as error:
            self.report([error.problem])
            return None


def check_files(requested: FilesToCheck, tools: ToolUse) -> tuple[Finding, ...]:
    """Find what is wrong with files. They need not belong to a stack of ours.

    Args:
        requested: The files.
        tools: Whether promtool, amtool and amlint are run too.

    Returns:
        All findings, by file and line.
    """
    state = _CheckState(requested)
    scraping = _scraping(state)
    monitoring = Monitoring(
        groups=_groups(state, scraping),
        routing=_routing(state),
        scraping=scraping,
        dashboards=_dashboards(state),
        metrics=_metrics(state),
        objectives=_objectives(state),
    )
    for check in CHECKS:
        state.findings += check.findings(monitoring)
    if tools is ToolUse.RUN:
        _run_tools(state)
    return tuple(sorted(set(state.findings), key=by_place))


def files_of(requested: FilesToCheck) -> tuple[Path, ...]:
    """The files of rules, routes, jobs and dashboards that are checked, whether or not they can be read."""
    configurations = [file for file in (requested.alertmanager, requested.prometheus) if file]
    rules = requested.rules
    if not rules and requested.prometheus:
        scraping = _CheckState(requested).read(read_scraping, requested.prometheus)
        rules = [*_named_by_prometheus(scraping.scraping)] if scraping else ()
    return (*find_rule_files(rules).files, *configurations, *find_dashboards(requested.dashboards).files)


def by_place(finding: Finding) -> tuple[str, int, str, str]:
    """The key that sorts findings by file and line."""
    return (str(finding.where.file), finding.where.line or 0, finding.id, finding.message)


def _scraping(state: _CheckState) -> Scraping | None:
    file = state.requested.prometheus
    read = state.read(read_scraping, file) if file else None
    if read is None:
        return None
    state.report(read.problems)
    state.questions.append(ToolQuestion(AlertTool.CONFIG, read.scraping.file))
    return read.scraping


def _groups(state: _CheckState, scraping: Scraping | None) -> tuple[RuleGroup, ...]:
    found: FilesFound = find_rule_files(state.requested.rules)
    state.report(found.problems)
    if not state.requested.rules and scraping is not None:
        found = find_rule_files(_named_by_prometheus(scraping))
        state.report(problem for problem in found.problems if not has_magic(str(problem.where.file)))
    for file in found.files:
        read = state.read(read_rules, file)
        if read is not None:
            _keep_rules(state, file, read)
    return tuple(group for groups in state.groups.values() for group in groups)


def _named_by_prometheus(scraping: Scraping) -> Iterator[str]:
    """The rule files that a configuration names; a missing absolute path may exist in Prometheus' container."""
    for pattern in map(Path, scraping.rule_files):
        if not pattern.is_absolute() or pattern.exists():
            yield str(scraping.file.parent / pattern)


def _keep_rules(state: _CheckState, file: Path, read: RuleFile) -> None:
    state.report(read.problems)
    state.groups[file] = read.groups
    if not read.wrapped:
        state.questions.append(ToolQuestion(AlertTool.RULES, file))


def _routing(state: _CheckState) -> Routing | None:
    file = state.requested.alertmanager
    read = state.read(read_alertmanager, file) if file else None
    if file is None or read is None:
        return None
    state.report(read.problems)
    state.questions += [ToolQuestion(AlertTool.ROUTES, file), ToolQuestion(AlertTool.LINT, file)]
    return read.routing


def _dashboards(state: _CheckState) -> tuple[DashboardQuery, ...]:
    found = find_dashboards(state.requested.dashboards)
    state.report(found.problems)
    read = [each for each in (state.read(read_dashboard, file) for file in found.files) if each]
    state.report(problem for each in read for problem in each.problems)
    return tuple(query for each in read for query in each.queries)


def _metrics(state: _CheckState) -> tuple[ExportedMetric, ...] | None:
    """All exported metrics; None if one exporter gave none, because its metrics are then unknown."""
    read: list[ExportedMetric] = []
    complete = bool(state.requested.metrics)
    for place in state.requested.metrics:
        metrics = _exported(state, place)
        complete = complete and metrics is not None
        read += metrics or ()
    return tuple(read) if complete else None


def _exported(state: _CheckState, place: str) -> tuple[ExportedMetric, ...] | None:
    if "://" not in place:
        return state.read(read_exposition, Path(place))
    try:
        return metrics_of(fetch_exposition(place), NOWHERE)
    except (MetricsUnavailableError, FileProblemError) as error:
        message = error.message if place in error.message else f"{place} {error.message}"
        state.findings.append(metrics_missing(message, error.fix or "", NOWHERE))
        return None


def _objectives(state: _CheckState) -> tuple[Objective, ...] | None:
    if state.requested.slo is None:
        return None
    read = read_promises(state.requested.slo)
    state.report(read.problems)
    return read.objectives or None


def _run_tools(state: _CheckState) -> None:
    """Run promtool, amtool and amlint, but not on files whose errors they would only repeat."""
    known_bad = {
        finding.where.file
        for finding in state.findings
        if finding.severity is Severity.ERROR and finding.id.startswith(_ALSO_FOUND_BY_TOOLS)
    }
    try:
        answers = ask_tools([question for question in state.questions if question.file not in known_bad])
    except (EngineError, OSError) as error:
        reason, fix = (error.message, error.fix) if isinstance(error, StackproofError) else (str(error), None)
        state.findings.append(tools_not_run(reason, fix or "run `stackproof doctor`", NOWHERE))
        return
    for answer in answers:
        question = answer.question
        if question.tool is AlertTool.LINT:
            state.findings += amlint_findings(answer.text, question.file)
        elif not answer.ok:
            groups = state.groups.get(question.file, ())
            state.findings += tool_findings(question.tool.program, Location(question.file), answer.text, groups)
