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
from stackproof.alerts.fenced_work import FencedWork
from stackproof.alerts.file_findings import metrics_missing, problem_finding, tool_findings, tools_not_run
from stackproof.alerts.file_search import FilesFound, each_once, find_dashboards, find_rule_files
from stackproof.alerts.finding import Finding, Severity
from stackproof.declare.alertmanager.routing_config import read_alertmanager
from stackproof.declare.dashboards import read_dashboard
from stackproof.declare.prometheus.exposition import metrics_of, read_exposition
from stackproof.declare.prometheus.rule_file import RuleFile, read_rules
from stackproof.declare.prometheus.scrape_config import read_scraping
from stackproof.declare.promises import all_promises, read_spec, spec_files
from stackproof.model import EngineError, Location, Objective, StackproofError
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind
from stackproof.model.monitoring import NOWHERE, DashboardQuery, ExportedMetric, Routing, RuleGroup, Scraping
from stackproof.observe.exporters import MetricsUnavailableError, fetch_exposition
from stackproof.tools.alert_tools import AlertTool, ToolQuestion, ask_tools

_Read = TypeVar("_Read")
_Place = TypeVar("_Place")
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


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """What a check of files gives.

    Attributes:
        findings: All findings, by file and line.
        files: The files of rules, routes, jobs and dashboards that were checked, whether or not they could be read.
        not_completed: Ids of the checks that were not completed.
    """

    findings: tuple[Finding, ...]
    files: tuple[Path, ...]
    not_completed: frozenset[str]


@dataclass(slots=True)
class _CheckState:
    """The findings so far, and the files that the tools will check."""

    requested: FilesToCheck
    work: FencedWork = field(default_factory=FencedWork)
    findings: list[Finding] = field(default_factory=list)
    questions: list[ToolQuestion] = field(default_factory=list)
    groups: dict[Path, tuple[RuleGroup, ...]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)

    def report(self, problems: Iterable[FileProblem]) -> None:
        """Keep problems as findings."""
        self.findings += map(problem_finding, problems)

    def find(self, search: Callable[[str], FilesFound], wanted: Iterable[str]) -> FilesFound:
        """Search for files."""
        fix = "name a folder or a pattern with fewer files"
        read = self.work.read(search, tuple(wanted), doing="searching", fix=fix)
        found = [each for _, each in self._known(read)]
        return FilesFound(
            each_once(file for each in found for file in each.files),
            tuple(problem for each in found for problem in each.problems),
        )

    def read(self, reader: Callable[[Path], _Read], files: Iterable[Path]) -> list[tuple[Path, _Read]]:
        """Read files; a finding for each that cannot be read at all."""
        return [*self._known(self.work.read(reader, tuple(files)))]

    def read_main(self, reader: Callable[[Path], _Read], file: Path | None) -> _Read | None:
        """Read one file, if there is one; None, and a finding, if it cannot be read at all."""
        return next((read for _, read in self.read(reader, [file] if file else [])), None)

    def _known(self, read: Iterable[tuple[_Place, _Read | FileProblem]]) -> Iterator[tuple[_Place, _Read]]:
        for place, each in read:
            if isinstance(each, FileProblem):
                self.report([each])
            else:
                yield place, each


def check_files(requested: FilesToCheck, tools: ToolUse) -> CheckedFiles:
    """Find what is wrong with files. They need not belong to a stack of ours.

    Args:
        requested: The files.
        tools: Whether promtool, amtool and amlint are run too.
    """
    state = _CheckState(requested)
    state.files += (file for file in (requested.alertmanager, requested.prometheus) if file)
    scraping = _scraping(state)
    monitoring = Monitoring(
        groups=_groups(state, scraping),
        routing=_routing(state),
        scraping=scraping,
        dashboards=_dashboards(state),
        metrics=_metrics(state),
        objectives=_objectives(state),
    )
    made = state.work.check(CHECKS, monitoring, state.files)
    state.findings += made.findings
    if tools is ToolUse.RUN:
        _run_tools(state)
    findings = tuple(sorted(set(state.findings), key=by_place))
    return CheckedFiles(findings, (*dict.fromkeys(state.files),), made.not_completed)


def by_place(finding: Finding) -> tuple[str, int, str, str]:
    """The key that sorts findings by file and line."""
    return (str(finding.where.file), finding.where.line or 0, finding.id, finding.message)


def _scraping(state: _CheckState) -> Scraping | None:
    read = state.read_main(read_scraping, state.requested.prometheus)
    if read is None:
        return None
    state.report(read.problems)
    state.questions.append(ToolQuestion(AlertTool.CONFIG, read.scraping.file))
    return read.scraping


def _groups(state: _CheckState, scraping: Scraping | None) -> tuple[RuleGroup, ...]:
    found = state.find(find_rule_files, state.requested.rules)
    state.report(found.problems)
    if not state.requested.rules and scraping is not None:
        found = state.find(find_rule_files, _named_by_prometheus(scraping))
        state.report(problem for problem in found.problems if not has_magic(str(problem.where.file)))
    state.files += found.files
    for file, read in state.read(read_rules, found.files):
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
    read = state.read_main(read_alertmanager, file)
    if file is None or read is None:
        return None
    state.report(read.problems)
    state.questions += [ToolQuestion(AlertTool.ROUTES, file), ToolQuestion(AlertTool.LINT, file)]
    return read.routing


def _dashboards(state: _CheckState) -> tuple[DashboardQuery, ...]:
    found = state.find(find_dashboards, state.requested.dashboards)
    state.report(found.problems)
    state.files += found.files
    read = [each for _, each in state.read(read_dashboard, found.files)]
    state.report(problem for each in read for problem in each.problems)
    return tuple(query for each in read for query in each.queries)


def _metrics(state: _CheckState) -> tuple[ExportedMetric, ...] | None:
    """All exported metrics; None if one exporter gave none, because its metrics are then unknown."""
    places = state.requested.metrics
    read = [each for _, each in state.read(read_exposition, [Path(place) for place in places if "://" not in place])]
    addresses = [place for place in places if "://" in place]
    for address, each in state.work.read(_exported, addresses, doing="serves what cannot be checked: reading"):
        if isinstance(each, FileProblem):
            message = each.message if address in each.message else f"{address} {each.message}"
            state.findings.append(metrics_missing(message, each.fix, NOWHERE))
        else:
            read.append(each)
    complete = 0 < len(read) == len(places)
    return tuple(metric for metrics in read for metric in metrics) if complete else None


def _exported(address: str) -> tuple[ExportedMetric, ...]:
    try:
        return metrics_of(fetch_exposition(address), NOWHERE)
    except MetricsUnavailableError as error:
        raise FileProblemError(FileProblem(ProblemKind.UNREADABLE, NOWHERE, error.message, error.fix or "")) from None


def _objectives(state: _CheckState) -> tuple[Objective, ...] | None:
    place = state.requested.slo
    files = state.read_main(spec_files, place)
    if place is None or files is None:
        return None
    read = all_promises(place, (each for _, each in state.work.read(read_spec, files)))
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
