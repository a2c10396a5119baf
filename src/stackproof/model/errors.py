"""Errors that a user can act on."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file.

    Attributes:
        file: The file.
        line: Line number from 1; None for the whole file.
    """

    file: Path
    line: int | None = None

    def __str__(self) -> str:
        return str(self.file) if self.line is None else f"{self.file}:{self.line}"


class StackproofError(Exception):
    """An error that the user can fix. It is shown as one message, never as a traceback.

    Args:
        message: What was expected and what was seen.
        where: Where to look, if that is known.
        fix: What to do next, if it is known.
    """

    def __init__(self, message: str, *, where: Location | str | None = None, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where is not None else ""
        advice = f"\n  fix: {self.fix}" if self.fix else ""
        return f"{place}{self.message}{advice}"


class DeclarationError(StackproofError):
    """A stack declaration, an objective or a command-line value is invalid."""


class EngineError(StackproofError):
    """The container engine is missing, does not answer, or rejected a request."""


class FaultError(StackproofError):
    """A fault is unknown, has no valid target, or could not be injected or healed."""


class HistoryError(StackproofError):
    """The record of a run cannot be written or read."""


class InconclusiveError(StackproofError):
    """A claim could be neither proved nor refuted. A test that raises it makes the run INCONCLUSIVE, not FAIL."""
