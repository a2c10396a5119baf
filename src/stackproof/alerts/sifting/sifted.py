"""Findings, divided into those that count and those that are hidden."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from stackproof.alerts.catalogue import CHECKS
from stackproof.alerts.check import Needs
from stackproof.alerts.finding import Finding


class HiddenBy(StrEnum):
    """What hides a finding."""

    COMMENT = "comment"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class HiddenFinding:
    """A finding that does not count.

    Attributes:
        finding: The finding.
        by: What hides it.
        reason: Why.
    """

    finding: Finding
    by: HiddenBy
    reason: str


@dataclass(frozen=True, slots=True)
class SiftedFindings:
    """Findings after a filter.

    Attributes:
        counted: Those that count.
        hidden: Those that do not.
    """

    counted: tuple[Finding, ...]
    hidden: tuple[HiddenFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """What was looked for, so that something that was not found is known to be gone.

    Attributes:
        files: The files that were read whole.
        given: The kinds of files that were given, each complete.
        not_completed: Ids of the checks that were not completed.
    """

    files: frozenset[Path]
    given: frozenset[Needs]
    not_completed: frozenset[str] = frozenset()

    def covers(self, check: str, file: Path) -> bool:
        """Whether a finding of this check in this file would have been found.

        False for those of promtool, amtool and amlint, which do not run everywhere.
        """
        needs = _NEEDS.get(check, frozenset() if check.startswith(_OF_THE_FILE) else None)
        found = file in self.files and check not in self.not_completed
        return found and needs is not None and needs <= self.given


_NEEDS = {check.id: frozenset((*check.needs, *check.helped_by)) for check in CHECKS}
_OF_THE_FILE = ("file/", "promql/invalid", "ignore/invalid")
