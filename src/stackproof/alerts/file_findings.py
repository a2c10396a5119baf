"""What is wrong with the files themselves, and what others' tools say of them, as findings."""

import re
from collections.abc import Iterable, Iterator, Mapping

from stackproof.alerts.finding import Finding, Severity
from stackproof.model import Location
from stackproof.model.alerting import RuleGroup
from stackproof.model.file_problem import FileProblem, ProblemKind

_REFUSED = "Prometheus and Alertmanager refuse the whole file, and go on with the old one or do not start."
_WHY: Mapping[ProblemKind, str] = {
    ProblemKind.MISSING: "What is not there cannot be proved, nor loaded.",
    ProblemKind.UNREADABLE: "What cannot be read cannot be proved.",
    ProblemKind.BROKEN_YAML: _REFUSED,
    ProblemKind.BROKEN_JSON: "Grafana does not load it: the dashboard is missing when it is needed.",
    ProblemKind.EMPTY: "An empty file alerts nobody, and is hardly meant.",
    ProblemKind.INVALID: _REFUSED,
    ProblemKind.PROMQL: _REFUSED,
}
_FIX: Mapping[ProblemKind, str] = {
    ProblemKind.MISSING: "mend the path",
    ProblemKind.UNREADABLE: "give a file of text in UTF-8 that you may read",
    ProblemKind.BROKEN_YAML: "mend the indentation, quotes or brackets at this line",
    ProblemKind.BROKEN_JSON: "mend the commas, quotes or brackets at this line",
    ProblemKind.EMPTY: "write something in it, or leave it out",
    ProblemKind.INVALID: "write what is expected",
    ProblemKind.PROMQL: "mend the expression",
}
_AT = re.compile(r"^.*?: (\d+):\d+: (.*)$")
_AT_LINE = re.compile(r"^\s*line (\d+): (.*)$")
_OF_RULE = re.compile(r'group "(.*?)", rule (\d+)')
_NO_NEWS = re.compile(r"^(Checking|SUCCESS|amtool: error: failed|\s*\d+ error|.*yaml: unmarshal errors:$|Found:|\s*-)")
# What Prometheus 3 takes and a promtool of version 2 does not know: our own reading knows better.
_NEWER = re.compile(r"unknown function with name|field labels not found in type rulefmt.RuleGroup")


def of_problem(problem: FileProblem) -> Finding:
    """What keeps a file or a part of it from being read."""
    return Finding(
        id=problem.kind.value,
        severity=Severity.ERROR,
        where=problem.where,
        message=problem.message,
        why=_WHY[problem.kind],
        fix=problem.fix or _FIX[problem.kind],
    )


def of_tool(program: str, where: Location, text: str, groups: Iterable[RuleGroup]) -> Iterator[Finding]:
    """What promtool or amtool complains of.

    Args:
        program: Its name.
        where: The file that it was asked about.
        text: What it printed.
        groups: The rules of the file, to find the line of a rule that it names.
    """
    rules = {group.name: group.rules for group in groups}
    for said in (line.rpartition("FAILED:")[2].strip() for line in text.splitlines()):
        if not said or _NO_NEWS.match(said) or _NEWER.search(said):
            continue
        found = _AT.match(said) or _AT_LINE.match(said)
        line, message = (int(found[1]), found[2]) if found else (None, said)
        named = _OF_RULE.search(said)
        if line is None and named and int(named[2]) <= len(rules.get(named[1], ())):
            line = rules[named[1]][int(named[2]) - 1].where.line
        yield Finding(
            id=f"tools/{program}",
            severity=Severity.ERROR,
            where=Location(where.file, line),
            message=f"{program} says: {message}",
            why=_REFUSED,
            fix="mend what it names",
        )


def tools_not_run(reason: str, fix: str, where: Location) -> Finding:
    """The tools of others could not be asked; without them some mistakes stay unseen."""
    return Finding(
        id="tools/not-run",
        severity=Severity.INFO,
        where=where,
        message=f"promtool and amtool were not run: {reason}",
        why="They are Prometheus' and Alertmanager's own readers: what they refuse is not loaded.",
        fix=fix,
    )


def no_metrics(reason: str, fix: str, where: Location) -> Finding:
    """An exporter did not answer; nothing is said of metrics that it may have."""
    return Finding(
        id="metrics/no-answer",
        severity=Severity.ERROR,
        where=where,
        message=reason,
        why="Without it nobody can tell which metrics are there: nothing is said of those that are missing.",
        fix=fix,
    )
