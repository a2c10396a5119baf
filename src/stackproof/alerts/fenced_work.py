"""Reads and checks files in a child process, so that no file costs more than a bound of time and memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass, replace
from functools import partial
from math import inf
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from stackproof.alerts.check import Check, Monitoring
from stackproof.alerts.file_findings import check_not_completed
from stackproof.alerts.finding import Finding
from stackproof.machine.fence import Bounds, End, Ended, Fence
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind
from stackproof.model.monitoring import NOWHERE

_MEMORY_BYTES = 800 << 20  # with what Python and the parent's copy of the results take, this is below 1 GiB
# Reading and checking one file takes 22 s at most, and searching it for comments 5 s: 30 s with what is done besides.
READING = Bounds(each_s=10.0, all_s=inf, memory_bytes=_MEMORY_BYTES)
CHECKING = Bounds(each_s=12.0, all_s=22.0, memory_bytes=_MEMORY_BYTES)
READING_COMMENTS = Bounds(each_s=5.0, all_s=inf, memory_bytes=_MEMORY_BYTES)

_MOST_PROBLEMS = 1000
_MOST_SAID = 2000

_Place = TypeVar("_Place")
_Said = TypeVar("_Said", FileProblem, Finding)
_Read = TypeVar("_Read")


@runtime_checkable
class _HasProblems(Protocol):
    """What is read of a file, with what is wrong in it."""

    @property
    def problems(self) -> tuple[FileProblem, ...]:
        """Everything that is wrong."""


@dataclass(frozen=True, slots=True)
class ChecksMade:
    """What checks give.

    Attributes:
        findings: All findings, with one for each check that was not completed.
        not_completed: Their ids.
    """

    findings: tuple[Finding, ...]
    not_completed: frozenset[str]


class FencedWork:
    """Reads files, then checks what is in them. The bounds count from when it is built.

    Args:
        reading: The bounds for reading; each is that of one file.
        checking: The bounds for checks; the time for all of them includes that of reading.
    """

    def __init__(self, reading: Bounds = READING, checking: Bounds = CHECKING) -> None:
        self._reading, self._checking = Fence(reading), Fence(checking)

    def read(
        self, reader: Callable[[_Place], _Read], places: Sequence[_Place], *, doing: str = "reading", fix: str = ""
    ) -> Iterator[tuple[_Place, _Read | FileProblem]]:
        """What is in each place, or why it cannot be read.

        Args:
            reader: Reads one place. May raise `FileProblemError`.
            places: Names of files, folders or addresses.
            doing: What the reader does, for messages.
            fix: What to do if a place costs too much, if that is not to split a file.
        """
        results = self._reading.results([partial(_attempted, reader, place) for place in places])
        for place, result in zip(places, results, strict=True):
            yield place, _unread(place, result, doing, fix) if isinstance(result, Ended) else result

    def check(self, checks: Sequence[Check], monitoring: Monitoring, files: Sequence[Path]) -> ChecksMade:
        """Make checks.

        Args:
            checks: The checks.
            monitoring: What is checked.
            files: Where it comes from.
        """
        where = Location(files[0]) if len(files) == 1 else NOWHERE
        results = self._checking.results([partial(_findings, check, monitoring) for check in checks])
        ended = {check.id: result for check, result in zip(checks, results, strict=True) if isinstance(result, Ended)}
        return ChecksMade(
            (
                *(finding for result in results if not isinstance(result, Ended) for finding in result),
                *(check_not_completed(message, where) for message in _messages(ended)),
            ),
            frozenset(ended),
        )


def _attempted(reader: Callable[[_Place], _Read], place: _Place) -> _Read | FileProblem:
    try:
        read = reader(place)
    except FileProblemError as error:
        return clipped(error.problem)
    if is_dataclass(read) and isinstance(read, _HasProblems) and read.problems:
        return replace(read, problems=tuple(_fewer(read.problems)))
    return read


def _fewer(problems: Sequence[FileProblem]) -> Iterator[FileProblem]:
    """Problems without the many that a file of another kind has."""
    yield from map(clipped, problems[:_MOST_PROBLEMS])
    left = len(problems) - _MOST_PROBLEMS
    if left > 0:
        yield replace(
            problems[-1], message=f"and {left:,} more problems, which are not shown", fix="correct those above"
        )


def _findings(check: Check, monitoring: Monitoring) -> tuple[Finding, ...]:
    return tuple(map(clipped, check.findings(monitoring)))


def clipped(each: _Said) -> _Said:
    """The same with a message that people can read, though a name or a text in it has a million characters."""
    return each if len(each.message) <= _MOST_SAID else replace(each, message=f"{each.message[:_MOST_SAID]}...")


def _unread(place: object, ended: Ended, doing: str, fix: str) -> FileProblem:
    where, message = Location(Path(str(place))), f"{doing} it {ended.reason}"
    if ended.end is End.FAILURE:
        return FileProblem(ProblemKind.UNREADABLE, where, message, "report this to the maintainers of stackproof")
    return FileProblem(ProblemKind.TOO_COSTLY, where, message, fix)


def _messages(ended: dict[str, Ended]) -> Iterator[str]:
    """One message for each check that was ended, and one for all that were not begun."""
    for check, each in ended.items():
        if each.end is not End.NOT_BEGUN:
            yield f"the check {check} {each.reason}"
    late = [check for check, each in ended.items() if each.end is End.NOT_BEGUN]
    if late:
        yield f"{len(late)} checks were {ended[late[0]].reason}: {', '.join(late)}"
