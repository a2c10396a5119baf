"""Finds the files that a person means by a file, a folder or a pattern."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from stackproof.declare.prometheus.rules import holds_rules
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, ProblemKind

_RULES = ("*.yaml", "*.yml", "*.rules")
_DASHBOARDS = ("*.json",)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        files: The files, each once.
        problems: What was meant and is not there.
    """

    files: tuple[Path, ...]
    problems: tuple[FileProblem, ...]


def rules_among(wanted: Iterable[str]) -> Found:
    """Files of rules. Other YAML in a folder (Alertmanager's configuration, tests of rules) is passed over."""
    return _found(wanted, _RULES, holds_rules)


def dashboards_among(wanted: Iterable[str]) -> Found:
    """Files of dashboards."""
    return _found(wanted, _DASHBOARDS, lambda _file: True)


def _found(wanted: Iterable[str], patterns: tuple[str, ...], suits: Callable[[Path], bool]) -> Found:
    files: dict[Path, Path] = {}
    problems: list[FileProblem] = []
    for text in wanted:
        chosen = list(_chosen(text, patterns, suits))
        if not chosen:
            what = "matches" if has_magic(text) else f"({', '.join(patterns)}) is in"
            message = f"no file {what} {text}"
            problems.append(FileProblem(ProblemKind.MISSING, Location(Path(text)), message))
        for file in chosen:
            files.setdefault(file.resolve(), file)
    return Found(tuple(files.values()), tuple(problems))


def _chosen(text: str, patterns: tuple[str, ...], suits: Callable[[Path], bool]) -> Iterator[Path]:
    place = Path(text)
    try:
        is_folder, is_there = place.is_dir(), place.exists()
    except (OSError, ValueError):
        is_folder, is_there = False, True  # its reading tells what is wrong
    if is_folder:
        listed = sorted(file for pattern in patterns for file in place.rglob(pattern) if file.is_file())
        yield from (file for file in listed if suits(file))
    elif has_magic(text) and not is_there:
        names = glob(text, recursive=True)  # noqa: PTH207 - the pattern may begin anywhere, Path.glob's may not
        yield from (Path(name) for name in sorted(names) if Path(name).is_file())
    else:
        yield place  # where it is not there, its reading tells so
