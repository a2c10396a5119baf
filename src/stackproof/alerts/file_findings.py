"""Findings about the files themselves, and from the output of promtool and amtool."""

import re
from collections.abc import Iterable, Iterator, Mapping

from stackproof.alerts.finding import Confidence, Finding, Severity
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, ProblemKind
from stackproof.model.monitoring import RuleGroup

_REFUSED = "Prometheus and Alertmanager reject the whole file, and keep the old one or do not start."
_WHY: Mapping[ProblemKind, str] = {
    ProblemKind.MISSING: "A missing file can be neither checked nor loaded.",
    ProblemKind.UNREADABLE: "A file that cannot be read cannot be checked.",
    ProblemKind.TOO_COSTLY: "A file that cannot be read within the bounds cannot be checked. All other files are.",
    ProblemKind.BROKEN_YAML: _REFUSED,
    ProblemKind.BROKEN_JSON: "Grafana does not load it: the dashboard is missing when it is needed.",
    ProblemKind.EMPTY: "An empty file alerts nobody, which is rarely intended.",
    ProblemKind.INVALID: _REFUSED,
    ProblemKind.IGNORED: "Its alerts never fire, and nothing tells so: the file loads without a complaint.",
    ProblemKind.PROMQL: _REFUSED,
    ProblemKind.NOT_READ: "What is not read is not checked either. Everything else in the file is.",
}
_SEVERITY: Mapping[ProblemKind, Severity] = {  # all others are errors
    ProblemKind.IGNORED: Severity.WARNING,
    ProblemKind.NOT_READ: Severity.INFO,
}
_CONFIDENCE: Mapping[ProblemKind, Confidence] = {
    ProblemKind.IGNORED: Confidence.LIKELY  # mimirtool and cortextool read every document
}
_FIX: Mapping[ProblemKind, str] = {
    ProblemKind.MISSING: "correct the path",
    ProblemKind.UNREADABLE: "name a UTF-8 text file that you have permission to read",
    ProblemKind.TOO_COSTLY: "split it into several files",
    ProblemKind.BROKEN_YAML: "correct the indentation, quotes or brackets on this line",
    ProblemKind.BROKEN_JSON: "correct the commas, quotes or brackets on this line",
    ProblemKind.EMPTY: "add content, or remove the file",
    ProblemKind.INVALID: "write what is expected here",
    ProblemKind.IGNORED: "move it to where it is loaded",
    ProblemKind.PROMQL: "correct the expression",
    ProblemKind.NOT_READ: "let promtool check it",
}
_AT = re.compile(r"^.*?: (\d+):\d+: (.*)$")
_AT_LINE = re.compile(r"^\s*line (\d+): (.*)$")
_OF_RULE = re.compile(r'group "(.*?)", rule (\d+)')
_NOT_A_COMPLAINT = re.compile(
    r"^(Checking|SUCCESS|amtool: error: failed|\s*\d+ error|.*yaml: unmarshal errors:$|Found:|\s*-)"
)
# Valid in Prometheus 3, but unknown to a promtool of version 2; settings of Alertmanager and time zones that the amtool
# of a distribution lacks. Our own reader covers these, and finds what is no PromQL in any version.
_NEWER = re.compile(
    r"unknown function with name|field labels not found in type rulefmt.RuleGroup|"
    r"field \w+ not found in type (config|timeinterval)\.\w+$|unknown time zone|on telegram_config$|"
    r"invalid (label|recording rule) name: |"
    r"parse error: (bad number or duration|unexpected (duration|<op:[^>]*>|string .* in (grouping opts|label matching)|"
    r'identifier "(anchored|smoothed)"))'
)


def problem_finding(problem: FileProblem) -> Finding:
    """The finding for a file, or a part of one, that cannot be read."""
    return Finding(
        id=problem.kind.value,
        severity=_SEVERITY.get(problem.kind, Severity.ERROR),
        confidence=_CONFIDENCE.get(problem.kind, Confidence.CERTAIN),
        where=problem.where,
        message=problem.message,
        why=_WHY[problem.kind],
        fix=problem.fix or _FIX[problem.kind],
    )


def tool_findings(program: str, where: Location, text: str, groups: Iterable[RuleGroup]) -> Iterator[Finding]:
    """The findings in the output of promtool or amtool.

    Args:
        program: The program's name.
        where: The file that it checked.
        text: Its output.
        groups: The rules of the file, to find the line of a rule that the output names.
    """
    rules = {group.name: group.rules for group in groups}
    for complaint in (line.rpartition("FAILED:")[2].strip() for line in text.splitlines()):
        if not complaint or _NOT_A_COMPLAINT.match(complaint) or _NEWER.search(complaint):
            continue
        found = _AT.match(complaint) or _AT_LINE.match(complaint)
        line, message = (int(found[1]), found[2]) if found else (None, complaint)
        named = _OF_RULE.search(complaint)
        if line is None and named and int(named[2]) <= len(rules.get(named[1], ())):
            line = rules[named[1]][int(named[2]) - 1].where.line
        yield Finding(
            id=f"tools/{program}",
            severity=Severity.ERROR,
            confidence=Confidence.CERTAIN,
            where=Location(where.file, line),
            message=f"{program} says: {message}",
            why=_REFUSED,
            fix="correct what it names",
        )


def tools_not_run(reason: str, fix: str, where: Location) -> Finding:
    """The finding that promtool and amtool did not run, so that some mistakes were not looked for."""
    return Finding(
        id="tools/not-run",
        severity=Severity.INFO,
        confidence=Confidence.CERTAIN,
        where=where,
        message=f"promtool and amtool were not run: {reason}",
        why="They read files as Prometheus and Alertmanager do: a file that they reject is not loaded.",
        fix=fix,
    )


def metrics_missing(reason: str, fix: str, where: Location) -> Finding:
    """The finding that an exporter's metrics are not available."""
    return Finding(
        id="metrics/no-answer",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        where=where,
        message=reason,
        why="Without them the exported metrics are unknown, so no missing metric is reported.",
        fix=fix,
    )


def check_not_completed(message: str, where: Location) -> Finding:
    """The finding that a check was not completed, so that what it looks for was not found."""
    return Finding(
        id="check/not-completed",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        where=where,
        message=message,
        why="What it looks for may be in these files all the same. All other checks are made.",
        fix="check fewer files at a time, or split a very large one; report a failure to the maintainers of stackproof",
    )
