"""Prints findings, and pages about them, on a terminal."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from stackproof.alerts.finding import Finding, Severity

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_INDENT = (0, 0, 0, 4)
_LEAST_WIDTH = 60
_MOST_SHOWN = 2000  # laying out ten times as many takes longer than all checks


def listed(findings: Sequence[Finding], width: int, *, colour: bool) -> str:
    """Findings as text: the place, severity, id and confidence of each, what is wrong, why it matters, how to fix it.

    Of very many the most severe are shown, and all are counted.

    Args:
        findings: In the order in which to show them.
        width: Columns of the terminal.
        colour: Whether to use colours.
    """
    parts = [part for finding in _most_severe(findings) for part in _parts(finding)]
    left = len(findings) - _MOST_SHOWN
    if left > 0:
        parts.append(Text(f"{left:,} more, which are not shown here: --json prints all"))
    return _rendered([*parts, Text(_summed(findings))], width, colour=colour)


def _most_severe(findings: Sequence[Finding]) -> Iterator[Finding]:
    """As many findings as can be shown, in their order."""
    rank = {severity: place for place, severity in enumerate(Severity)}
    chosen = sorted(range(len(findings)), key=lambda place: rank[findings[place].severity])[:_MOST_SHOWN]
    yield from (findings[place] for place in sorted(chosen))


def page(markdown: str, width: int, *, colour: bool) -> str:
    """A page in Markdown: laid out for a terminal with colours, otherwise as it is.

    Args:
        markdown: The page.
        width: Columns of the terminal.
        colour: Whether to lay it out with colours.
    """
    return _rendered([Markdown(markdown)], width, colour=colour) if colour else markdown.rstrip()


def _rendered(parts: Iterable[RenderableType], width: int, *, colour: bool) -> str:
    text = io.StringIO()
    console = Console(
        file=text,
        width=max(width, _LEAST_WIDTH),
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    # A title in JSON and the name of a file may have what no terminal takes: half a character, a byte that is no text.
    printable = text.getvalue().encode(errors="backslashreplace").decode()
    return "\n".join(line.rstrip() for line in printable.splitlines())


def _parts(finding: Finding) -> Iterator[RenderableType]:
    place = "" if finding.where.file == Path() else f"{finding.where}: "
    # The place is kept on one line, so that a terminal or an editor can jump to it.
    yield Text.assemble(
        (place, "bold"),
        (finding.severity.value, _STYLES[finding.severity]),
        f" {finding.id} ({finding.confidence.value})",
        no_wrap=True,
        overflow="ignore",
    )
    yield Padding(Text(finding.message), _INDENT)
    yield Padding(Text.assemble(("why: ", "dim"), finding.why), _INDENT)
    yield Padding(Text.assemble(("fix: ", "dim"), finding.fix), _INDENT)


def _summed(findings: Sequence[Finding]) -> str:
    counted = Counter(finding.severity for finding in findings)
    parts = [_counted(counted[severity], severity) for severity in Severity if counted[severity]]
    return ", ".join(parts) if parts else "nothing found"


def _counted(count: int, severity: Severity) -> str:
    return f"{count} {severity}{'s' if count > 1 else ''}"
