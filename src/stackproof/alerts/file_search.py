"""Finds the files that a user names by a file, a folder or a pattern."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from stackproof.declare.prometheus.rule_file import holds_rules
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, ProblemKind

_RULES = ("*.yaml", "*.yml", "*.rules")
_DASHBOARDS = ("*.json",)


@dataclass(frozen=True, slots=True)
class FilesFound:
    """The result of a search.

    Attributes:
        files: The files, each once.
        problems: One for each name that led to no file.
    """

    files: tuple[Path, ...]
    problems: tuple[FileProblem, ...]


def find_rule_files(wanted: Iterable[str]) -> FilesFound:
    """Files of rules. Other YAML in a folder (Alertmanager's configuration, rule tests) is skipped."""
    return _search(wanted, _RULES, holds_rules)


def find_dashboards(wanted: Iterable[str]) -> FilesFound:
    """Files of dashboards."""
    return _search(wanted, _DASHBOARDS, lambda _file: True)


def _search(wanted: Iterable[str], patterns: tuple[str, ...], wanted_file: Callable[[Path], bool]) -> FilesFound:
    files: dict[Path, Path] = {}
    problems: list[FileProblem] = []
    for text in wanted:
        chosen = list(_matching(text, patterns, wanted_file))
        if not chosen:
            what = "matches" if has_magic(text) else f"({', '.join(patterns)}) is in"
            message = f"no file {what} {text}"
            problems.append(FileProblem(ProblemKind.MISSING, Location(Path(text)), message))
        for file in chosen:
            files.setdefault(file.resolve(), file)
    return FilesFound(tuple(files.values()), tuple(problems))


def _matching(text: str, patterns: tuple[str, ...], wanted_file: Callable[[Path], bool]) -> Iterator[Path]:
    place = Path(text)
    try:
        is_folder, exists = place.is_dir(), place.exists()
    except (OSError, ValueError):
        is_folder, exists = False, True  # reading it reports what is wrong
    if is_folder:
        listed = sorted(file for pattern in patterns for file in place.rglob(pattern) if file.is_file())
        yield from (file for file in listed if wanted_file(file))
    elif has_magic(text) and not exists:
        names = glob(text, recursive=True)  # noqa: PTH207 - the pattern may begin anywhere, Path.glob's may not
        yield from (Path(name) for name in sorted(names) if Path(name).is_file())
    else:
        yield place  # if it does not exist, reading it reports that
