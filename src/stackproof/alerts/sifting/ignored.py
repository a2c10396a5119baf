"""Hides the findings that comments ignore, and reports comments that ignore nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackproof.alerts.finding import Confidence, Finding, Severity
from stackproof.alerts.sifting.ignore_comments import Ignore, Ignores
from stackproof.alerts.sifting.sifted import HiddenBy, HiddenFinding, SiftedFindings, Sought


@dataclass(frozen=True, slots=True)
class _Span:
    """The lines that a comment is about.

    Attributes:
        first: The first line.
        last: The last line.
        ignore: The comment.
    """

    first: int
    last: int
    ignore: Ignore


def without_ignored(findings: Sequence[Finding], ignores: Ignores, sought: Sought) -> SiftedFindings:
    """Hide what comments ignore.

    Args:
        findings: All findings.
        ignores: The comments.
        sought: What was looked for; only of this it is said that a comment ignores nothing.

    Returns:
        The findings, with those about the comments themselves.
    """
    hiding = dict(_hiding(findings, ignores.valid))
    used = set(hiding.values())
    return SiftedFindings(
        counted=(
            *(finding for finding in findings if finding not in hiding),
            *ignores.invalid,
            *(
                _unused(each)
                for each in ignores.valid
                if each not in used and sought.covers(each.check, each.where.file)
            ),
        ),
        hidden=tuple(HiddenFinding(finding, HiddenBy.COMMENT, each.reason) for finding, each in hiding.items()),
    )


def _hiding(findings: Iterable[Finding], ignores: Iterable[Ignore]) -> Iterator[tuple[Finding, Ignore]]:
    """Each hidden finding with the comment that hides it: the innermost one."""
    of: dict[tuple[Path, str], list[Ignore]] = defaultdict(list)
    for ignore in ignores:
        of[ignore.where.file, ignore.check].append(ignore)
    found: dict[tuple[Path, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if (finding.where.file, finding.id) in of:
            found[finding.where.file, finding.id].append(finding)
    for place, ones in found.items():
        yield from _hiding_in_file(sorted(ones, key=_line), of[place])


def _hiding_in_file(findings: Iterable[Finding], ignores: Sequence[Ignore]) -> Iterator[tuple[Finding, Ignore]]:
    """The same for one check in one file. What comments are about is nested, so that a stack finds the innermost."""
    whole = next((each for each in ignores if each.about is None), None)
    spans = [_Span(*each.about, each) for each in ignores if each.about is not None]
    coming = sorted(spans, key=lambda span: (-span.first, span.last))  # the next one stands last
    begun: list[_Span] = []
    for finding in findings:
        line = _line(finding)
        while coming and coming[-1].first <= line:
            span = coming.pop()
            _drop_ended(begun, span.first)
            begun.append(span)
        _drop_ended(begun, line)
        hides = begun[-1].ignore if begun else whole
        if hides is not None:
            yield finding, hides


def _drop_ended(begun: list[_Span], line: int) -> None:
    while begun and begun[-1].last < line:
        begun.pop()


def _line(finding: Finding) -> int:
    return finding.where.line or 0


def _unused(ignore: Ignore) -> Finding:
    what = "in this file" if ignore.about is None else "beside this comment"
    return Finding(
        id="ignore/unused",
        severity=Severity.INFO,
        confidence=Confidence.CERTAIN,
        where=ignore.where,
        message=f"no finding of {ignore.check} {what} that it could hide, in the files that were given",
        why="A comment that hides nothing today would hide a mistake that somebody makes there later.",
        fix=f"remove {ignore.check} from the comment, or move the comment to what it is about",
    )
