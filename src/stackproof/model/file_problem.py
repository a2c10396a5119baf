"""Problems that prevent a user's file, or a part of it, from being read; the rest is still checked."""

from dataclasses import dataclass
from enum import StrEnum

from stackproof.model.errors import DeclarationError, Location


class ProblemKind(StrEnum):
    """The kind of a problem; the values are ids of findings."""

    MISSING = "file/missing"
    UNREADABLE = "file/unreadable"
    TOO_COSTLY = "file/too-costly"
    """Reading it took more time or memory than any file may take, or ended the process."""
    BROKEN_YAML = "file/broken-yaml"
    BROKEN_JSON = "file/broken-json"
    EMPTY = "file/empty"
    INVALID = "file/invalid"
    IGNORED = "file/ignored"
    """Valid, but Prometheus passes over it."""
    PROMQL = "promql/invalid"
    NOT_READ = "promql/not-read"
    """Prometheus may read it, but it is not read here."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One invalid part of a file.

    Attributes:
        kind: The kind of problem.
        where: File and line.
        message: What was expected, and what was seen.
        fix: How to fix it.
    """

    kind: ProblemKind
    where: Location
    message: str
    fix: str = ""

    def error(self) -> DeclarationError:
        """The problem as an error, for callers that accept no problem."""
        return DeclarationError(self.message, where=self.where, fix=self.fix or None)


class FileProblemError(DeclarationError):
    """A file that cannot be read at all.

    Args:
        problem: The reason.
    """

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.message, where=problem.where, fix=problem.fix or None)
        self.problem = problem
