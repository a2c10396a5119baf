import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from stackproof.history import Header, History
from stackproof.model import EventKind
from stackproof.run.folder import RunFolder
from stackproof.run.run import Run
from stackproof.run.settings import Settings
from tests.unit.fakes import WEB, FakeLink, FakeStack, small_stack

WITHIN_S = 30.0


class WatchedLink(FakeLink):
    """A link that says when it was restored."""

    def __init__(self) -> None:
        super().__init__()
        self.restored = Event()

    def restore(self) -> None:
        """Listen again."""
        super().restore()
        self.restored.set()


@pytest.fixture
def link() -> WatchedLink:
    """The link that is cut."""
    return WatchedLink()


@pytest.fixture
def run(tmp_path: Path, link: WatchedLink) -> Iterator[Run]:
    """A run on a stack that stands nowhere."""
    stack = small_stack()
    history = History.create(tmp_path, Header("run", stack, (), datetime.now(UTC), time.monotonic()))
    engine = FakeStack(stack, controls={WEB: link})
    yield Run(Settings(stack.file), RunFolder("run", tmp_path), engine, (), history)
    history.close()


def test_the_record_says_that_a_bound_healed_a_fault(run: Run, link: WatchedLink) -> None:
    """What a test saw after that it saw without its fault, and the record lets nobody think otherwise."""
    with run.fault(f"down {WEB}", longest_s=0.001):
        assert link.restored.wait(WITHIN_S)
    (healed,) = (event for event in run.events if event.kind is EventKind.FAULT_HEALED)
    assert healed.detail["by"] == "its bound of 0.001 s"


def test_a_fault_that_its_block_ends_is_healed_by_nobody_else(run: Run) -> None:
    """The record says nothing of a bound that was not reached."""
    with run.fault(f"down {WEB}"):
        pass
    kinds = [event.kind for event in run.events]
    assert kinds == [EventKind.FAULT_INJECTED, EventKind.FAULT_EVIDENCE, EventKind.FAULT_HEALED]
    assert run.events[-1].detail.keys() == {"took_s"}
