"""Reads what any Sloth spec promises, for checks of alerts: no stack need be known, and no word of ours be in it.

Source: https://sloth.dev/specs/default/ (``prometheus/v1``) and https://sloth.dev/specs/kubernetes/, which holds the
same under ``spec``. Where our own labels (see `slo`) are missing, names and queries tell the kind of promise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.tree import Entry, Table, Text, Tree, read_tree
from stackproof.model import Location, Objective, Promise, Sli
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind

_LATENCY = re.compile(r"latency|duration|slow|response.?time", re.IGNORECASE)
_AVAILABILITY = re.compile(r"availab|uptime", re.IGNORECASE)
_BOUND = re.compile(r'\ble\s*=~?\s*"([0-9.]+)')
_PERCENT = 100
_DECIMALS = 12  # 99.9 / 100 is 0.9990000000000001 without rounding


@dataclass(frozen=True, slots=True)
class Promises:
    """What specs promise.

    Attributes:
        objectives: What could be read.
        problems: All that is wrong.
    """

    objectives: tuple[Objective, ...]
    problems: tuple[FileProblem, ...]


def read_promises(place: Path) -> Promises:
    """Read the spec in a file, or every one in a folder and those below it."""
    files = [place]
    if place.is_dir():
        files = sorted(each for pattern in ("*.yaml", "*.yml") for each in place.rglob(pattern))
    objectives: list[Objective] = []
    problems: list[FileProblem] = []
    for file in files:
        try:
            reader = TreeReader(file)
            objectives += _objectives(reader, read_tree(file))
            problems += reader.problems
        except FileProblemError as error:
            problems.append(error.problem)
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
        reader.wrong(line, "expected objective to be a number of percent between 0 and 100", "write objective: 99.9")
        return None
    name, labels = reader.text(table.get("name")), reader.texts(table.get("labels"))
    words = f"{name} {' '.join(_words(table))}"
    sli = _sli(labels.get("sli", ""), words)
    bound = labels.get("threshold_s") or next(iter(_BOUND.findall(words)), "")
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


def _number(reader: TreeReader, entry: Entry | None) -> float | None:
    try:
        return float(reader.text(entry))
    except ValueError:
        return None


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _sli(said: str, words: str) -> Sli:
    if said in set(Sli):
        return Sli(said)
    if _LATENCY.search(words) or _BOUND.search(words):
        return Sli.LATENCY
    return Sli.AVAILABILITY if _AVAILABILITY.search(words) else Sli.ERRORS


def _words(tree: Tree) -> Iterator[str]:
    """Texts of the indicator, in which a latency's limit stands as a bucket's bound."""
    if isinstance(tree, Text):
        yield tree.value
    elif isinstance(tree, Table):
        for entry in tree.entries:
            if entry.key not in {"alerting", "description", "labels"}:
                yield from _words(entry.value)
