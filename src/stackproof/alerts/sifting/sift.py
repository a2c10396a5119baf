"""Finds what is wrong with files, and what of it counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from stackproof.alerts.check import Needs
from stackproof.alerts.file_check import FilesToCheck, ToolUse, by_place, check_files
from stackproof.alerts.finding import Finding
from stackproof.alerts.sifting.baseline import Baseline, without_known
from stackproof.alerts.sifting.ignore_comments import read_ignores
from stackproof.alerts.sifting.ignored import without_ignored
from stackproof.alerts.sifting.sifted import HiddenFinding, Sought
from stackproof.model.file_problem import ProblemKind

_UNREAD = ("file/", "promql/invalid")
_NO_METRICS = "metrics/no-answer"
_WITHOUT_COMMENTS = ".json"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What is wrong with files.

    Attributes:
        counted: The findings that count, by file and line.
        hidden: Those that a comment or the baseline hides.
        fixed: How many findings of the baseline are known to be gone.
    """

    counted: tuple[Finding, ...]
    hidden: tuple[HiddenFinding, ...]
    fixed: int = 0


def checked(requested: FilesToCheck, tools: ToolUse, baseline: Baseline | None = None) -> CheckResult:
    """Find what is wrong with files, without what comments ignore and what a baseline has.

    Args:
        requested: The files.
        tools: Whether promtool, amtool and amlint are run too.
        baseline: The findings that are known.
    """
    checked_files = check_files(requested, tools)
    findings = checked_files.findings
    files = (*dict.fromkeys((*checked_files.files, *(each.where.file for each in findings))),)
    sought = replace(_sought(requested, files, findings), not_completed=checked_files.not_completed)
    ignored = without_ignored(findings, read_ignores(_with_comments(files, findings)), sought)
    counted = tuple(sorted(ignored.counted, key=by_place))
    if baseline is None:
        return CheckResult(counted, ignored.hidden)
    new = without_known(counted, baseline, sought)
    return CheckResult(new.findings.counted, (*ignored.hidden, *new.findings.hidden), new.fixed)


def _with_comments(files: Iterable[Path], findings: Iterable[Finding]) -> Iterator[Path]:
    """The YAML files that can be read; the others were found too large, too deep or broken, and are left alone."""
    unread = {each.where.file for each in findings if each.id.startswith("file/") and each.id != ProblemKind.INVALID}
    unread.add(Path())
    yield from (file for file in files if file.suffix != _WITHOUT_COMMENTS and file not in unread)


def _sought(requested: FilesToCheck, files: Iterable[Path], findings: Iterable[Finding]) -> Sought:
    """What was looked for: what stands in a file that cannot be read as a whole was not."""
    failed = [each for each in findings if each.id.startswith((*_UNREAD, _NO_METRICS))]
    unread = {each.where.file for each in failed}
    given = set(_given(requested))
    if any(each.id == _NO_METRICS or str(each.where.file) in requested.metrics for each in failed):
        given.discard(Needs.METRICS)
    return Sought(frozenset(files) - unread, frozenset(given))


def _given(requested: FilesToCheck) -> Iterator[Needs]:
    kinds = (
        (Needs.RULES, requested.rules or requested.prometheus),
        (Needs.ALERTMANAGER, requested.alertmanager),
        (Needs.PROMETHEUS, requested.prometheus),
        (Needs.DASHBOARDS, requested.dashboards),
        (Needs.METRICS, requested.metrics),
        (Needs.SLO, requested.slo),
    )
    yield from (kind for kind, files in kinds if files)
