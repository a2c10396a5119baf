"""Loads that run beside an experiment tell all that they did, whatever becomes of one of them."""

import os
import signal
from collections.abc import Callable, Sequence

import pytest

from stackproof.model import EventKind, InconclusiveError, Sample
from stackproof.run.background import Background
from stackproof.workload import Constant, LoadError, LoadPlan, RunningLoad, start_load
from tests.unit.grounds import WITHIN_S, Ground

SOME = 5


def pages(standing: Ground, name: str, lasts_s: float = 300.0) -> LoadPlan:
    """Traffic to the web service."""
    return LoadPlan(f"http://{standing.web}/", Constant(50, lasts_s), name, deadline_s=5, lag_limit_s=5)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[RunningLoad]:
    """Loads that were started, as they come."""
    started: list[RunningLoad] = []

    def start(what: LoadPlan, on_samples: Callable[[Sequence[Sample]], None]) -> RunningLoad:
        started.append(start_load(what, on_samples))
        return started[-1]

    monkeypatch.setattr("stackproof.run.background.start_load", start)
    return started


def test_loads_run_side_by_side_until_they_are_told_to_stop(standing: Ground) -> None:
    """Samples are there while it runs, in the record too; at the end each load tells of itself."""
    background = Background(standing.run, (pages(standing, "a"), pages(standing, "b")))
    with background.running():
        background.wait_for_good(SOME, WITHIN_S)
        assert {each.stream for each in background.samples} == {"a", "b"}
    assert sorted(each.stream for each in standing.run.loads) == ["a", "b"]
    assert sum(each.sent for each in standing.run.loads) == len(background.samples) == len(standing.run.samples)
    kinds = [each.kind for each in standing.run.events]
    assert kinds == [EventKind.LOAD_STARTED] * 2 + [EventKind.LOAD_ENDED] * 2


def test_a_load_that_was_killed_is_told_while_it_is_missed(standing: Ground, workers: list[RunningLoad]) -> None:
    """Whoever waits for its requests is told that there are none to come; the other load's report is kept."""
    background = Background(standing.run, (pages(standing, "a"), pages(standing, "b")))

    def wait_for_more() -> None:
        background.wait_for_good(SOME, WITHIN_S)
        os.kill(workers[0].pid, signal.SIGKILL)
        background.wait_for_good(1_000_000, WITHIN_S)

    with pytest.raises(LoadError, match="the load generator ended by signal 9"), background.running():
        wait_for_more()
    assert [each.stream for each in standing.run.loads] == ["b"]


def test_a_load_that_was_killed_is_told_at_the_end_where_nobody_misses_it(
    standing: Ground, workers: list[RunningLoad]
) -> None:
    """A block that ends well does not hide it."""
    background = Background(standing.run, (pages(standing, "a"),))
    with pytest.raises(LoadError, match="the load generator ended by signal 9"), background.running():
        os.kill(workers[0].pid, signal.SIGKILL)


def test_samples_that_cannot_be_recorded_are_an_error(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that takes them in is heard."""

    def full(_samples: Sequence[Sample]) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(standing.run, "keep_samples", full)
    background = Background(standing.run, (pages(standing, "a"),))
    with pytest.raises(OSError, match="no space left"), background.running():
        background.wait_for_good(SOME, WITHIN_S)


def test_requests_that_went_well_since_are_seen(standing: Ground) -> None:
    """The last of those that were due since a moment went well: nothing is wrong."""
    background = Background(standing.run, (pages(standing, "a"),))
    with background.running():
        background.wait_for_good(SOME, WITHIN_S)
        since_s = background.samples[-1].ended_s
        assert not background.why_not_good_since(since_s, WITHIN_S)
        assert background.why_not_good_since(since_s + 600, -600) == "requests of a still fail, or none is sent"


def test_a_schedule_that_is_too_short_is_told(standing: Ground) -> None:
    """No request after the healing is not taken for an illness of the stack."""
    background = Background(standing.run, (pages(standing, "a", lasts_s=0.2),))
    with (
        pytest.raises(InconclusiveError, match="expected a to run to the end of the experiment") as told,
        background.running(),
    ):
        background.wait_for_good(1_000_000, WITHIN_S)
    assert told.value.fix == "give the load a longer schedule"
    assert [each.stream for each in standing.run.loads] == ["a"]
