"""What keeps a file of a user from being read, or a part of it; the other parts and files are still looked at."""

from dataclasses import dataclass
from enum import StrEnum

from stackproof.model.errors import DeclarationError, Location


class ProblemKind(StrEnum):
    """What is wrong with the file; the values are ids of findings."""

    MISSING = "file/missing"
    UNREADABLE = "file/unreadable"
    BROKEN_YAML = "file/broken-yaml"
    BROKEN_JSON = "file/broken-json"
    EMPTY = "file/empty"
    INVALID = "file/invalid"
    PROMQL = "promql/invalid"


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One part of a file that does not say what it should.

    Attributes:
        kind: What is wrong with it.
        where: File and line.
        message: What was expected, and what was seen.
        fix: How to mend it.
    """

    kind: ProblemKind
    where: Location
    message: str
    fix: str = ""

    def error(self) -> DeclarationError:
        """The same as an error, for whom one problem is one too many."""
        return DeclarationError(self.message, where=self.where, fix=self.fix or None)


class FileProblemError(DeclarationError):
    """A file that cannot be read at all.

    Args:
        problem: Why not.
    """

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.message, where=problem.where, fix=problem.fix or None)
        self.problem = problem
