"""Finds the files that a user names by a file, a folder or a pattern."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from glob import has_magic, iglob
from itertools import islice, takewhile
from pathlib import Path

from stackproof.declare.prometheus.rule_file import holds_rules
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, ProblemKind

MAX_FILES = 100_000
"""How many files one name may stand for."""

_ANY_FOLDERS = "**"
_RULES = ("*.yaml", "*.yml", "*.rules")
_DASHBOARDS = ("*.json",)


@dataclass(frozen=True, slots=True)
class FilesFound:
    """The result of a search.

    Attributes:
        files: The files, each once.
        problems: One for each name that led to no file or to too many, and for each folder that cannot be read.
    """

    files: tuple[Path, ...]
    problems: tuple[FileProblem, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is searched for.

    Attributes:
        text: A file, a folder or a pattern.
        patterns: What the names of files in a folder match.
        is_wanted: Whether a file of a folder is wanted.
        problems: The problems so far.
    """

    text: str
    patterns: tuple[str, ...]
    is_wanted: Callable[[Path], bool]
    problems: list[FileProblem] = field(default_factory=list)

    def report(self, kind: ProblemKind, place: str, message: str, fix: str = "") -> None:
        """Keep a problem."""
        self.problems.append(FileProblem(kind, Location(Path(place)), message, fix))


def find_rule_files(wanted: str) -> FilesFound:
    """Files of rules. Other YAML in a folder (Alertmanager's configuration, rule tests) is skipped."""
    return _search(_Wanted(wanted, _RULES, holds_rules))


def find_dashboards(wanted: str) -> FilesFound:
    """Files of dashboards."""
    return _search(_Wanted(wanted, _DASHBOARDS, lambda _file: True))


def each_once(files: Iterable[Path]) -> tuple[Path, ...]:
    """The files, each under the first of its names."""
    chosen: dict[str, Path] = {}
    for file in files:
        chosen.setdefault(os.path.realpath(file), file)
    return tuple(chosen.values())


def _search(wanted: _Wanted) -> FilesFound:
    found = [*islice(_matching(wanted), MAX_FILES + 1)]
    if not found and not wanted.problems:
        what = "matches" if has_magic(wanted.text) else f"({', '.join(wanted.patterns)}) is in"
        wanted.report(ProblemKind.MISSING, wanted.text, f"no file {what} {wanted.text}")
    if len(found) > MAX_FILES:
        message = f"stands for more than {MAX_FILES:,} files; {MAX_FILES:,} of them are checked"
        wanted.report(ProblemKind.TOO_COSTLY, wanted.text, message, "name a folder or a pattern with fewer files")
    return FilesFound(each_once(sorted(found[:MAX_FILES])), tuple(wanted.problems))


def _matching(wanted: _Wanted) -> Iterator[Path]:
    place = Path(wanted.text)
    try:
        is_folder, exists = place.is_dir(), place.exists()
    except (OSError, ValueError):
        is_folder, exists = False, True  # reading it reports what is wrong
    if is_folder:
        yield from _in_folder(place, wanted)
    elif has_magic(wanted.text) and not exists:
        yield from (file for file in _by_pattern(place) if file.is_file())
    else:
        yield place  # if it does not exist, reading it reports that


def _by_pattern(pattern: Path) -> Iterator[Path]:
    """What a pattern stands for in a shell, but ``**`` follows no links to folders."""
    if _ANY_FOLDERS not in pattern.parts:
        yield from map(Path, iglob(str(pattern)))  # noqa: PTH207 - the pattern may begin anywhere, Path.glob's may not
        return
    plain = len([*takewhile(lambda part: not has_magic(part), pattern.parts)])
    start, rest = Path(*pattern.parts[:plain]), pattern.parts[plain:]
    rest = (*rest, "*") if rest[-1] == _ANY_FOLDERS else rest
    for file in start.glob("/".join(rest)):
        if not any(part.startswith(".") for part in file.parts[plain:]):
            yield file


def _in_folder(folder: Path, wanted: _Wanted) -> Iterator[Path]:
    """The wanted files of a folder and those below it; links to folders are not followed, for they may be a circle."""

    def unreadable(error: OSError) -> None:
        wanted.report(ProblemKind.UNREADABLE, str(error.filename), f"cannot be read: {error.strerror}")

    for parent, _, names in os.walk(folder, onerror=unreadable):
        for name in names:
            file = Path(parent, name)
            named = any(fnmatchcase(name, pattern) for pattern in wanted.patterns)
            if named and file.is_file() and wanted.is_wanted(file):
                yield file
