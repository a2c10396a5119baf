"""Comments that excuse a mutant: ``# mutant-ok: OPERATOR reason``, in a rule or the line above it.

``OPERATOR`` is the end of the mutant's id (``comparison-2``), or without the number every edit of that kind
(``comparison``); several have commas between them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackproof.alerts.mutants.mutant import Mutant
from stackproof.model import DeclarationError, Location

_MARK = re.compile(r"#\s*mutant-ok:(.*)")
_WORDS = re.compile(r"\s*([a-z]+(?:-\d+)?(?:\s*,\s*[a-z]+(?:-\d+)?)*)\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A comment that excuses mutants.

    Attributes:
        where: Its place.
        code: The line that it speaks of: its own, or the next one that is no comment.
        names: Operators, with numbers or without.
        reason: Why the tests need not notice.
    """

    where: Location
    code: int
    names: frozenset[str]
    reason: str

    def excuses(self, mutant: Mutant) -> bool:
        """Whether it names the mutant; whether it stands at the mutant's rule is asked by `marked`."""
        return bool(self.names & {mutant.operator, mutant.id.rpartition(":")[2]})


def read_marks(file: Path, text: str) -> tuple[Mark, ...]:
    """The marks of a file.

    Raises:
        DeclarationError: One names no operator or gives no reason.
    """
    lines = text.splitlines()
    return tuple(_marks(file, lines))


def _marks(file: Path, lines: Sequence[str]) -> Iterator[Mark]:
    for number, line in enumerate(lines, start=1):
        found = _MARK.search(line)
        if found is None:
            continue
        words = _WORDS.fullmatch(found[1].rstrip())
        if words is None:
            raise DeclarationError(
                f"expected `# mutant-ok: OPERATOR reason`, saw {found[0]!r}",
                where=Location(file, number),
                fix="name the operator, as `threshold` or `threshold-2`, and say why no test need notice",
            )
        code = number
        while code <= len(lines) and (not lines[code - 1].strip() or lines[code - 1].lstrip().startswith("#")):
            code += 1
        names = frozenset(name.strip() for name in words[1].split(","))
        yield Mark(Location(file, number), code, names, words[2])


def mark_of(mutant: Mutant, marks: Sequence[Mark], owners: Sequence[Location]) -> Mark | None:
    """The mark that excuses a mutant, if there is one.

    Args:
        mutant: The mutant.
        marks: All marks.
        owners: The places of all rules, routes, inhibitions and receivers of all files; a line belongs to the last
            one that begins before it.
    """
    for mark in marks:
        if mark.where.file == mutant.owner.file and mark.excuses(mutant):
            begins = [
                each.line or 1 for each in owners if each.file == mark.where.file and (each.line or 1) <= mark.code
            ]
            if max(begins, default=0) == mutant.owner.line:
                return mark
    return None
