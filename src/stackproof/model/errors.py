"""Errors that a user can act on."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file.

    Attributes:
        file: The file.
        line: Line number from 1, or None where the whole file is meant.
    """

    file: Path
    line: int | None = None

    def __str__(self) -> str:
        return str(self.file) if self.line is None else f"{self.file}:{self.line}"


class StackproofError(Exception):
    """What a user did, wrote or lacks stops the work: shown as one message, never as a traceback.

    Args:
        message: What was expected and what was seen.
        where: The place to look at, if there is one.
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
    """A declaration, an objective or a command-line value does not say what it should."""


class EngineError(StackproofError):
    """The container engine is missing, does not answer, or refused what was asked."""


class FaultError(StackproofError):
    """A fault is unknown, aimed at nothing, or could not be injected or healed."""


class HistoryError(StackproofError):
    """The record of a run cannot be written or read back."""


class InconclusiveError(StackproofError):
    """A claim could be neither proved nor refuted; a test that raises it makes the run INCONCLUSIVE, not FAIL."""
