"""The fake engine as a subject of the conformance checks."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from stackproof.engine.port import RunningStack, StartOrder
from stackproof.model import Stack
from tests.conformance.subject import BARE_SERVICE, NETWORKS, STORE_SERVICE, TOOL_SERVICE, Subject
from tests.unit.fake_engine import FakeEngine


def fake_subject(folder: Path) -> Subject:
    """An engine in memory, on which the stack runs."""
    file = folder / "compose.yaml"
    stack = Stack("conformance", file, NETWORKS, (STORE_SERVICE, BARE_SERVICE, TOOL_SERVICE))
    engine = FakeEngine(stacks={file: stack})
    numbers = count()

    def start() -> RunningStack:
        run = f"run-{next(numbers)}"
        (folder / run).mkdir()
        return engine.start(StartOrder(engine.read(file), run, folder / run), lambda _line: None)

    @contextmanager
    def another() -> Iterator[RunningStack]:
        running = start()
        try:
            yield running
        finally:
            engine.sweep(running.run)

    return Subject(engine, file, start(), another)
