import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import cast

import pytest

from stackproof.engine.port import RunningStack
from stackproof.history import Header, History
from stackproof.model import FaultHealed, FaultInjected, FaultObserved
from stackproof.run.folder import RunFolder
from stackproof.run.run import Run
from stackproof.run.settings import Settings
from tests.unit.fakes import WEB, FakeLink, FakeStack, small_stack

WITHIN_S = 30.0


class WatchedLink(FakeLink):
    """A link that shows when it was restored."""

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
    """A run on a fake engine."""
    stack = small_stack()
    history = History.create(tmp_path, Header("run", stack, (), datetime.now(UTC), time.monotonic()))
    engine = cast("RunningStack", FakeStack(stack, controls={WEB: link}))
    yield Run(Settings(stack.file), RunFolder("run", tmp_path), engine, (), history)
    history.close()


def test_the_record_says_that_a_bound_healed_a_fault(run: Run, link: WatchedLink) -> None:
    """What a test observed after that it observed without its fault, and the record says so."""
    with run.fault(f"down {WEB}", longest_s=0.001):
        assert link.restored.wait(WITHIN_S)
    (healed,) = (event for event in run.events if isinstance(event, FaultHealed))
    assert healed.bound_s == 0.001


def test_a_fault_that_its_block_ends_is_not_healed_by_its_bound(run: Run) -> None:
    """The record does not mention a bound that was not reached, and all events of a fault have its id."""
    with run.fault(f"down {WEB}"):
        pass
    injected, observed, healed = run.events
    assert isinstance(injected, FaultInjected)
    assert isinstance(observed, FaultObserved)
    assert isinstance(healed, FaultHealed)
    assert injected.injection == observed.injection == healed.injection
    assert healed.bound_s is None
