"""Proves anyone's files of rules, routes and dashboards: reads them, runs every check, and asks the tools of others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from glob import has_magic
from pathlib import Path
from typing import TypeVar

from stackproof.alerts.amlint import of_amlint
from stackproof.alerts.catalogue import CHECKS
from stackproof.alerts.check import Monitoring
from stackproof.alerts.file_findings import no_metrics, of_problem, of_tool, tools_not_run
from stackproof.alerts.files import Found, dashboards_among, rules_among
from stackproof.alerts.finding import Finding, Severity
from stackproof.declare.alertmanager.config import read_alertmanager
from stackproof.declare.dashboards import read_dashboard
from stackproof.declare.prometheus.config import read_scraping
from stackproof.declare.prometheus.rules import RuleFile, read_rules
from stackproof.declare.promises import read_promises
from stackproof.model import EngineError, Location, Objective, StackproofError
from stackproof.model.alerting import NOWHERE, DashboardQuery, ExportedMetric, Routing, RuleGroup, Scraping
from stackproof.model.file_problem import FileProblem, FileProblemError
from stackproof.tools.alert_tools import AlertTool, ToolQuestion, ask_tools

_Read = TypeVar("_Read")
_READING = ("file/", "promql/invalid", "rules/template-broken")  # what the tools would say once more


class OthersTools(Enum):
    """Whether the tools of others are asked."""

    ASK = "ask"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class FilesToProve:
    """What a person asks about.

    Attributes:
        rules: Files, folders or patterns of rules; those that Prometheus' configuration names where there are none.
        alertmanager: Alertmanager's configuration.
        prometheus: Prometheus' configuration.
        dashboards: Files, folders or patterns of Grafana dashboards.
        metrics: Addresses or files of expositions.
        slo: A folder or file of Sloth specs.
    """

    rules: Sequence[str] = ()
    alertmanager: Path | None = None
    prometheus: Path | None = None
    dashboards: Sequence[str] = ()
    metrics: Sequence[str] = ()
    slo: Path | None = None


@dataclass(slots=True)
class _Proof:
    """What was found so far, and which files the tools are to be asked about."""

    asked: FilesToProve
    findings: list[Finding] = field(default_factory=list)
    questions: list[ToolQuestion] = field(default_factory=list)
    groups: dict[Path, tuple[RuleGroup, ...]] = field(default_factory=dict)

    def tell(self, problems: Iterable[FileProblem]) -> None:
        """Keep problems as findings."""
        self.findings += map(of_problem, problems)

    def read(self, reader: Callable[[Path], _Read], file: Path) -> _Read | None:
        """Read a file; None, and a finding, where it cannot be read at all."""
        try:
            return reader(file)
        except FileProblemError as error:
            self.tell([error.problem])
            return None


def prove_files(asked: FilesToProve, tools: OthersTools) -> tuple[Finding, ...]:
    """Find what is wrong with files, whoever wrote them.

    Args:
        asked: The files.
        tools: Whether promtool, amtool and amlint are asked, too.

    Returns:
        All findings, by file and line.
    """
    proof = _Proof(asked)
    scraping = _scraping(proof)
    monitoring = Monitoring(
        groups=_groups(proof, scraping),
        routing=_routing(proof),
        scraping=scraping,
        dashboards=_dashboards(proof),
        metrics=_metrics(proof),
        objectives=_objectives(proof),
    )
    for check in CHECKS:
        proof.findings += check.findings(monitoring)
    if tools is OthersTools.ASK:
        _ask_tools(proof)
    return tuple(sorted(set(proof.findings), key=_place))


def _place(finding: Finding) -> tuple[str, int, str, str]:
    return (str(finding.where.file), finding.where.line or 0, finding.id, finding.message)


def _scraping(proof: _Proof) -> Scraping | None:
    file = proof.asked.prometheus
    read = proof.read(read_scraping, file) if file else None
    if read is None:
        return None
    proof.tell(read.problems)
    proof.questions.append(ToolQuestion(AlertTool.CONFIG, read.scraping.file))
    return read.scraping


def _groups(proof: _Proof, scraping: Scraping | None) -> tuple[RuleGroup, ...]:
    found: Found = rules_among(proof.asked.rules)
    proof.tell(found.problems)
    if not proof.asked.rules and scraping is not None:
        found = rules_among(_of_prometheus(scraping))
        proof.tell(problem for problem in found.problems if not has_magic(str(problem.where.file)))
    for file in found.files:
        read = proof.read(read_rules, file)
        if read is not None:
            _keep_rules(proof, file, read)
    return tuple(group for groups in proof.groups.values() for group in groups)


def _of_prometheus(scraping: Scraping) -> Iterator[str]:
    """The files of rules that a configuration names; a path from the root may be one of a container."""
    for pattern in map(Path, scraping.rule_files):
        if not pattern.is_absolute() or pattern.exists():
            yield str(scraping.file.parent / pattern)


def _keep_rules(proof: _Proof, file: Path, read: RuleFile) -> None:
    proof.tell(read.problems)
    proof.groups[file] = read.groups
    if not read.wrapped:
        proof.questions.append(ToolQuestion(AlertTool.RULES, file))


def _routing(proof: _Proof) -> Routing | None:
    file = proof.asked.alertmanager
    read = proof.read(read_alertmanager, file) if file else None
    if file is None or read is None:
        return None
    proof.tell(read.problems)
    proof.questions += [ToolQuestion(AlertTool.ROUTES, file), ToolQuestion(AlertTool.LINT, file)]
    return read.routing


def _dashboards(proof: _Proof) -> tuple[DashboardQuery, ...]:
    found = dashboards_among(proof.asked.dashboards)
    proof.tell(found.problems)
    read = [each for each in (proof.read(read_dashboard, file) for file in found.files) if each]
    proof.tell(problem for each in read for problem in each.problems)
    return tuple(query for each in read for query in each.queries)


def _metrics(proof: _Proof) -> tuple[ExportedMetric, ...] | None:
    """All that is exported; None where one of the exporters gave nothing, for then nobody knows what it has."""
    read: list[ExportedMetric] = []
    whole = bool(proof.asked.metrics)
    for place in proof.asked.metrics:
        metrics = _exported(proof, place)
        whole = whole and metrics is not None
        read += metrics or ()
    return tuple(read) if whole else None


def _exported(proof: _Proof, place: str) -> tuple[ExportedMetric, ...] | None:
    # The official parsers bring a web server along, which most who call this need not wait for.
    from stackproof.declare.prometheus.exposition import metrics_of, read_exposition  # noqa: PLC0415
    from stackproof.observe.exposition import NoExpositionError, ask_exposition  # noqa: PLC0415

    if "://" not in place:
        return proof.read(read_exposition, Path(place))
    try:
        return metrics_of(ask_exposition(place), NOWHERE)
    except (NoExpositionError, FileProblemError) as error:
        message = error.message if place in error.message else f"{place} {error.message}"
        proof.findings.append(no_metrics(message, error.fix or "", NOWHERE))
        return None


def _objectives(proof: _Proof) -> tuple[Objective, ...] | None:
    if proof.asked.slo is None:
        return None
    read = read_promises(proof.asked.slo)
    proof.tell(read.problems)
    return read.objectives or None


def _ask_tools(proof: _Proof) -> None:
    """Ask promtool, amtool and amlint, but for files of which they would say what is said already."""
    told = {
        finding.where.file
        for finding in proof.findings
        if finding.severity is Severity.ERROR and finding.id.startswith(_READING)
    }
    try:
        answers = ask_tools([question for question in proof.questions if question.file not in told])
    except (EngineError, OSError) as error:
        reason, fix = (error.message, error.fix) if isinstance(error, StackproofError) else (str(error), None)
        proof.findings.append(tools_not_run(reason, fix or "run `stackproof doctor`", NOWHERE))
        return
    for answer in answers:
        question = answer.question
        if question.tool is AlertTool.LINT:
            proof.findings += of_amlint(answer.text, question.file)
        elif not answer.ok:
            groups = proof.groups.get(question.file, ())
            proof.findings += of_tool(question.tool.program, Location(question.file), answer.text, groups)
