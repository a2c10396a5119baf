"""Reads the objectives of any Sloth spec, for the checks of alerts: without a stack, and without labels of ours.

Source: https://sloth.dev/specs/default/ (``prometheus/v1``) and https://sloth.dev/specs/kubernetes/, which has the same
under ``spec``. If our own labels (see `slo`) are missing, the SLI is guessed from names and queries.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_reader import read_tree
from stackproof.documents.yaml_tree import MapEntry, Table, Text, Tree
from stackproof.model import Location, Objective, Promise, Sli
from stackproof.model.file_problem import FileProblem, ProblemKind

_LATENCY = re.compile(r"latency|duration|slow|response.?time", re.IGNORECASE)
_AVAILABILITY = re.compile(r"availab|uptime", re.IGNORECASE)
_BOUND = re.compile(r'\ble\s*=~?\s*"([0-9.]+)')
_PERCENT = 100
_DECIMALS = 12  # 99.9 / 100 is 0.9990000000000001 without rounding


@dataclass(frozen=True, slots=True)
class Promises:
    """The objectives of a set of specs.

    Attributes:
        objectives: The objectives that could be read.
        problems: Everything that is wrong.
    """

    objectives: tuple[Objective, ...]
    problems: tuple[FileProblem, ...]


def spec_files(place: Path) -> tuple[Path, ...]:
    """The files that may be specs: the file itself, or all YAML in a folder and its subfolders."""
    if not place.is_dir():
        return (place,)
    return tuple(sorted(each for pattern in ("*.yaml", "*.yml") for each in place.rglob(pattern)))


def read_spec(file: Path) -> Promises:
    """Read one file. Another file of a folder with specs has no objectives, which is no problem.

    Raises:
        FileProblemError: It cannot be read, or is not YAML.
    """
    reader = TreeReader(file)
    objectives = tuple(_objectives(reader, read_tree(file)))
    return Promises(objectives, tuple(reader.problems))


def all_promises(place: Path, read: Iterable[Promises | FileProblem]) -> Promises:
    """The promises of a place, whose files are read; a problem if there are none."""
    objectives: list[Objective] = []
    problems: list[FileProblem] = []
    for each in read:
        objectives += () if isinstance(each, FileProblem) else each.objectives
        problems += (each,) if isinstance(each, FileProblem) else each.problems
    if not objectives and not problems:
        message = "expected Sloth specs (a map with the key slos), saw none"
        problems.append(FileProblem(ProblemKind.MISSING, Location(place), message, "name the folder of your SLO files"))
    return Promises(tuple(objectives), tuple(problems))


def _objectives(reader: TreeReader, tree: Tree) -> Iterator[Objective]:
    top = tree if isinstance(tree, Table) else None
    spec = top.get("spec") if top else None
    if spec is not None and isinstance(spec.value, Table):
        top = spec.value
    if top is None or top.get("slos") is None:
        return  # another file of the folder
    service = reader.text(top.get("service"))
    for table in reader.tables(top.get("slos"), "an SLO"):
        objective = _objective(reader, table, service)
        if objective is not None:
            yield objective


def _objective(reader: TreeReader, table: Table, service: str) -> Objective | None:
    target = _number(reader, table.get("objective"))
    if target is None or not 0 < target < _PERCENT:
        line = (table.get("objective") or table).line
        reader.wrong(line, "expected objective to be a percentage between 0 and 100", "write objective: 99.9")
        return None
    name, labels = reader.text(table.get("name")), reader.texts(table.get("labels"))
    texts = f"{name} {' '.join(_texts(table))}"
    sli = _sli(labels.get("sli", ""), texts)
    bound = labels.get("threshold_s") or next(iter(_BOUND.findall(texts)), "")
    return Objective(
        id=name,
        promise=Promise.SLA if labels.get("promise") == Promise.SLA else Promise.SLO,
        service=service,
        sli=sli,
        target=round(target / _PERCENT, _DECIMALS),
        threshold_s=_seconds(bound) if sli is Sli.LATENCY else None,
        stream=labels.get("link", ""),
        where=Location(reader.file, table.line),
    )


def _number(reader: TreeReader, entry: MapEntry | None) -> float | None:
    try:
        return float(reader.text(entry))
    except ValueError:
        return None


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _sli(label: str, texts: str) -> Sli:
    if label in set(Sli):
        return Sli(label)
    if _LATENCY.search(texts) or _BOUND.search(texts):
        return Sli.LATENCY
    return Sli.AVAILABILITY if _AVAILABILITY.search(texts) else Sli.ERRORS


def _texts(tree: Tree) -> Iterator[str]:
    """Texts of the indicator; a latency limit is the bound of a bucket in them."""
    if isinstance(tree, Text):
        yield tree.value
    elif isinstance(tree, Table):
        for entry in tree.entries:
            if entry.key not in {"alerting", "description", "labels"}:
                yield from _texts(entry.value)
