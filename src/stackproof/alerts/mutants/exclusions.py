"""Comments that exclude a mutant: ``# mutant-ok: OPERATOR reason``, in a rule or on the line above it.

``OPERATOR`` is the end of the mutant's id (``comparison-2``), or without a number every edit of that kind
(``comparison``). Several are separated by commas.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackproof.alerts.mutants.mutant import Mutant
from stackproof.model import DeclarationError, Location

_COMMENT = re.compile(r"#\s*mutant-ok:(.*)")
_CONTENT = re.compile(r"\s*([a-z]+(?:-\d+)?(?:\s*,\s*[a-z]+(?:-\d+)?)*)\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A comment that excludes mutants.

    Attributes:
        where: Its location.
        code: The line that it applies to: its own, or the next one that is not a comment.
        names: Operators, with or without numbers.
        reason: Why the tests need not notice.
    """

    where: Location
    code: int
    names: frozenset[str]
    reason: str

    def names_mutant(self, mutant: Mutant) -> bool:
        """Whether it names the mutant's operator; `exclusion_of` checks whether it belongs to the same rule."""
        return bool(self.names & {mutant.operator, mutant.id.rpartition(":")[2]})


def read_exclusions(file: Path, text: str) -> tuple[Exclusion, ...]:
    """The exclusions in a file.

    Raises:
        DeclarationError: One names no operator or gives no reason.
    """
    lines = text.splitlines()
    return tuple(_exclusions(file, lines))


def _exclusions(file: Path, lines: Sequence[str]) -> Iterator[Exclusion]:
    for number, line in enumerate(lines, start=1):
        found = _COMMENT.search(line)
        if found is None:
            continue
        content = _CONTENT.fullmatch(found[1].rstrip())
        if content is None:
            raise DeclarationError(
                f"expected `# mutant-ok: OPERATOR reason`, saw {found[0]!r}",
                where=Location(file, number),
                fix="name the operator, such as `threshold` or `threshold-2`, and say why no test needs to notice",
            )
        code = number
        while code <= len(lines) and (not lines[code - 1].strip() or lines[code - 1].lstrip().startswith("#")):
            code += 1
        names = frozenset(name.strip() for name in content[1].split(","))
        yield Exclusion(Location(file, number), code, names, content[2])


def exclusion_of(mutant: Mutant, exclusions: Sequence[Exclusion], owners: Sequence[Location]) -> Exclusion | None:
    """The exclusion of a mutant, if there is one.

    Args:
        mutant: The mutant.
        exclusions: All exclusions.
        owners: The locations of all rules, routes, inhibitions and receivers of all files. A line belongs to the last
            one that begins before it.
    """
    for each in exclusions:
        if each.where.file == mutant.owner.file and each.names_mutant(mutant):
            file, code = each.where.file, each.code
            begins = [owner.line or 1 for owner in owners if owner.file == file and (owner.line or 1) <= code]
            if max(begins, default=0) == mutant.owner.line:
                return each
    return None
