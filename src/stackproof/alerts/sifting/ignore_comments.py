"""Comments that hide findings.

``# stackproof: ignore CHECK[, CHECK] reason`` stands beside what it is about, and with ``ignore-file`` in place of
``ignore`` at the top of a file. Each names its checks: a wildcard would also hide what later versions find.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stackproof.alerts.check_pages import known_ids, nearest_ids
from stackproof.alerts.fenced_work import READING_COMMENTS, FencedWork, clipped
from stackproof.alerts.file_findings import problem_finding
from stackproof.alerts.finding import Confidence, Finding, Severity
from stackproof.documents.text_files import read_text
from stackproof.documents.yaml_comments import Comment, comments_of
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, FileProblemError

_WORD = "stackproof:"
_FORM = re.compile(r"(ignore|ignore-file)\s+([^\s,]+(?:\s*,\s*[^\s,]+)*)(?:\s+(.*))?")
_NO_REASON = re.compile(r"[\W_]*")
_NEVER_HIDDEN = ("file/", "check/", "metrics/", "ignore/", "tools/not-run")
_WHOLE_FILE = "ignore-file"
_MOST_WRONG = 1000
_MOST_IDS = 100
_EXAMPLE = (
    "write `# stackproof: ignore CHECK reason`, such as `# stackproof: ignore rules/missing-for a restart counts`"
)


@dataclass(frozen=True, slots=True)
class Ignore:
    """One check that a comment names.

    Attributes:
        check: The check's id.
        where: The comment's location.
        about: The first and the last line whose findings it hides; None for those of the whole file.
        reason: Why they are hidden.
    """

    check: str
    where: Location
    about: tuple[int, int] | None
    reason: str


@dataclass(frozen=True, slots=True)
class Ignores:
    """The comments of some files.

    Attributes:
        valid: What they hide.
        invalid: The findings about comments that hide nothing because they are wrong.
    """

    valid: tuple[Ignore, ...]
    invalid: tuple[Finding, ...]


def read_ignores(files: Iterable[Path]) -> Ignores:
    """Read the comments of YAML files. A file that cannot be read has none."""
    found: list[Ignore | Finding] = []
    for _, read in FencedWork(reading=READING_COMMENTS).read(_of_file, tuple(files), doing="reading the comments of"):
        found += [problem_finding(read)] if isinstance(read, FileProblem) else read
    return Ignores(
        tuple(each for each in found if isinstance(each, Ignore)),
        tuple(each for each in found if isinstance(each, Finding)),
    )


def _of_file(file: Path) -> tuple[Ignore | Finding, ...]:
    try:
        text = read_text(file)
    except FileProblemError:
        return ()
    read: list[Ignore | Finding] = []
    wrong = 0
    for comment in comments_of(text, _WORD):
        where = Location(file, comment.line)
        if wrong >= _MOST_WRONG:
            message = f"no comment from here on is read: {wrong:,} above are wrong"
            read.append(_invalid(where, message, "correct those above"))
            break
        found = [*_of_comment(comment, where)]
        wrong += sum(isinstance(each, Finding) for each in found)
        read += (clipped(each) if isinstance(each, Finding) else each for each in found)
    return tuple(read)


def _of_comment(comment: Comment, where: Location) -> Iterator[Ignore | Finding]:
    form = _FORM.fullmatch(comment.text.removeprefix(_WORD).strip())
    if form is None:
        yield _invalid(where, f"expected `# stackproof: ignore CHECK reason`, saw `# {comment.text}`", _EXAMPLE)
        return
    scope, checks, reason = form[1], form[2].removesuffix(":").replace(",", " ").split(), form[3] or ""
    if len(checks) > _MOST_IDS:
        yield _invalid(where, f"the comment names {len(checks):,} ids: at most {_MOST_IDS} are read", _EXAMPLE)
        return
    problems = [*_problems(where, checks, reason)]
    if scope == _WHOLE_FILE and not comment.on_top:
        problems.append(_invalid(where, "ignore-file stands below the first key", "move it to the top of the file"))
    yield from problems
    about = None if scope == _WHOLE_FILE else comment.about
    if not problems:
        yield from (Ignore(check, where, about, reason) for check in dict.fromkeys(checks))


def _problems(where: Location, checks: Iterable[str], reason: str) -> Iterator[Finding]:
    for check in checks:
        if check not in known_ids():
            yield _unknown(where, check)
        elif check.startswith(_NEVER_HIDDEN):
            yield _invalid(where, f"{check} cannot be ignored", "correct what it reports, and remove the comment")
    first = reason.partition(" ")[0].rstrip(",")
    if _NO_REASON.fullmatch(reason):
        yield _invalid(where, "the comment gives no reason", "add the reason after the id: the next reader needs it")
    elif first in known_ids():
        yield _invalid(where, f"{first} stands where the reason begins", "put a comma between two ids")


def _unknown(where: Location, check: str) -> Finding:
    if "*" in check:
        return _invalid(where, f"{check!r} is no id of a check", "name each check: later versions have others")
    near = nearest_ids(check)
    fix = f"did you mean {' or '.join(near)}?" if near else f"{_EXAMPLE}; a finding shows the id of its check"
    return _invalid(where, f"there is no check {check!r}", fix)


def _invalid(where: Location, message: str, fix: str) -> Finding:
    return Finding(
        id="ignore/invalid",
        severity=Severity.WARNING,
        confidence=Confidence.CERTAIN,
        where=where,
        message=message,
        why="The whole comment has no effect: what it is meant to hide is still reported.",
        fix=fix,
    )
