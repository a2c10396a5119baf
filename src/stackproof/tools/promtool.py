"""Runs promtool's unit tests of rules in the tools image: many folders of tests in one container, in parallel.

A container for each folder would cost half a second each, a process for each folder a tenth. So each process tests a
batch, and several processes run in parallel. Files and output are passed through pipes, so user ids and the engine's
location do not matter.
"""

import io
import re
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from stackproof.engine.engines import default_engine
from stackproof.engine.port import Toolbox
from stackproof.model import EngineError

_FIX = "run `stackproof doctor`; promtool's output is above"
_BATCHES = "batches"
_BATCH = 8
_BATCH_WITHIN_S = 120
_ENVIRONMENT = {"GOMAXPROCS": "1", "GOGC": "400"}  # many short processes side by side: a fifth less work for all
_BEGINS = re.compile(r"Unit Testing:  (\S+)")
# Each line of `batches` has the arguments of one promtool; its output is kept apart from that of the others.
_SCRIPT = f"""
cd "$(mktemp -d)" && tar -xz || exit 70
xargs -P "$1" -L 1 -a {_BATCHES} sh -c '
  output=$(mktemp) && timeout --kill-after=1 {_BATCH_WITHIN_S} promtool test rules "$@" >"$output" 2>&1
  flock {_BATCHES} cat "$output"
  rm "$output"
' batch
"""


@dataclass(frozen=True, slots=True)
class RuleTestCase:
    """A folder of rules with promtool's tests of them.

    Attributes:
        name: Unique among the cases, without spaces and slashes.
        files: Text of each file by its name; tests name the others relative to themselves.
        tests: Which of the files are tests.
    """

    name: str
    files: Mapping[str, str]
    tests: tuple[str, ...]


def run_rule_tests(
    cases: Sequence[RuleTestCase], jobs: int, progress: Callable[[], None] = lambda: None
) -> Mapping[str, tuple[str, ...]]:
    """Run promtool's tests of each case.

    Args:
        cases: The cases to test.
        jobs: How many processes run in parallel.
        progress: Called after each case.

    Returns:
        promtool's output for each test file, by case. A case is missing if promtool crashed or hung on it, even when it
        ran alone.

    Raises:
        EngineError: The container could not be run.
    """
    toolbox = default_engine().toolbox
    toolbox.build(lambda _line: None)
    said = _run(toolbox, cases, jobs, _BATCH, progress)
    left = [case for case in cases if case.name not in said]
    return said | _run(toolbox, left, jobs, 1, progress) if left else said


def _run(
    toolbox: Toolbox, cases: Sequence[RuleTestCase], jobs: int, batch: int, progress: Callable[[], None]
) -> dict[str, tuple[str, ...]]:
    said: dict[str, list[str]] = defaultdict(list)
    wanted = {case.name: len(case.tests) for case in cases}
    with _packed(cases, batch) as packed, _started(toolbox, jobs, packed) as lines:
        for test, text in _reports(lines):
            name = PurePosixPath(test).parts[0]
            said[name].append(text)
            if len(said[name]) == wanted.get(name):
                progress()
    return {name: tuple(texts) for name, texts in said.items() if len(texts) == wanted.get(name)}


@contextmanager
def _packed(cases: Sequence[RuleTestCase], batch: int) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as packed:
        with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
            for case in cases:
                for name, text in case.files.items():
                    _add(archive, f"{case.name}/{name}", text)
            _add(archive, _BATCHES, "".join(f"{line}\n" for line in _lines(cases, batch)))
        packed.seek(0)
        yield packed


def _lines(cases: Sequence[RuleTestCase], batch: int) -> Iterator[str]:
    for first in range(0, len(cases), batch):
        some = cases[first : first + batch]
        yield " ".join(f"{case.name}/{test}" for case in some for test in case.tests)


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


@contextmanager
def _started(toolbox: Toolbox, jobs: int, packed: IO[bytes]) -> Iterator[Iterable[str]]:
    try:
        with toolbox.stream(("sh", "-c", _SCRIPT, "sh", str(jobs)), packed, _ENVIRONMENT) as output:
            yield io.TextIOWrapper(output, encoding="utf-8", errors="replace")
    except EngineError as error:
        raise EngineError(f"expected promtool to run in the tools image, but: {error.message}", fix=_FIX) from None


def _reports(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each test file with its output; without those that have none, because promtool ended early."""
    test, text = "", ""
    for line in lines:
        begins = _BEGINS.match(line)
        if begins is None:
            text += line
            continue
        if test and text.strip():
            yield test, text
        test, text = begins[1], ""
    if test and text.strip():
        yield test, text
