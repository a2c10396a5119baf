"""Loads that run during an experiment are recorded whole, whatever becomes of one of them."""

import os
import signal
from collections.abc import Callable, Sequence

import pytest

from stackproof.model import InconclusiveError, LoadEnded, LoadStarted, Sample
from stackproof.run.background import Background
from stackproof.workload import Constant, LoadError, LoadPlan, RunningLoad, WorkerProcess, start_load
from tests.unit.fake_runs import WITHIN_S, RunOnFake

SOME = 5


def pages(fake_run: RunOnFake, name: str, lasts_s: float = 300.0) -> LoadPlan:
    """Traffic to the web service."""
    return LoadPlan(f"http://{fake_run.web}/", Constant(50, lasts_s), name, deadline_s=5, lag_limit_s=5)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[RunningLoad]:
    """Loads that were started, as they come."""
    started: list[RunningLoad] = []

    def start(
        what: LoadPlan, on_samples: Callable[[Sequence[Sample]], None], process: WorkerProcess | None
    ) -> RunningLoad:
        started.append(start_load(what, on_samples, process))
        return started[-1]

    monkeypatch.setattr("stackproof.run.loads.start_load", start)
    return started


def test_loads_run_side_by_side_until_they_are_stopped(fake_run: RunOnFake) -> None:
    """Samples are recorded while they run; at the end each load is reported, under the id that it started with."""
    background = Background(fake_run.run, (pages(fake_run, "a"), pages(fake_run, "b")))
    with background.running():
        background.wait_for_good(SOME, WITHIN_S)
        assert {each.stream for each in background.samples} == {"a", "b"}
    assert sorted(each.stream for each in fake_run.run.loads) == ["a", "b"]
    assert sum(each.sent for each in fake_run.run.loads) == len(background.samples) == len(fake_run.run.samples)
    started, ended = fake_run.events(LoadStarted), fake_run.events(LoadEnded)
    assert [each.stream for each in started] == ["a", "b"]
    assert {each.load for each in started} == {each.load for each in ended}
    assert len(ended) == 2


def test_a_load_that_was_killed_is_an_error_for_its_waiter(fake_run: RunOnFake, workers: list[RunningLoad]) -> None:
    """Whoever waits for its requests gets an error, as none will come; the other load's report is recorded."""
    background = Background(fake_run.run, (pages(fake_run, "a"), pages(fake_run, "b")))

    def wait_for_more() -> None:
        background.wait_for_good(SOME, WITHIN_S)
        os.kill(workers[0].pid, signal.SIGKILL)
        background.wait_for_good(1_000_000, WITHIN_S)

    with pytest.raises(LoadError, match="the load generator ended by signal 9"), background.running():
        wait_for_more()
    assert [each.stream for each in fake_run.run.loads] == ["b"]


def test_a_load_that_was_killed_is_an_error_at_the_end(fake_run: RunOnFake, workers: list[RunningLoad]) -> None:
    """A block that succeeds does not hide it."""
    background = Background(fake_run.run, (pages(fake_run, "a"),))
    with pytest.raises(LoadError, match="the load generator ended by signal 9"), background.running():
        os.kill(workers[0].pid, signal.SIGKILL)


def test_samples_that_cannot_be_recorded_are_an_error(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the thread that receives them is raised."""

    def full(_samples: Sequence[Sample]) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(fake_run.run, "record_samples", full)
    background = Background(fake_run.run, (pages(fake_run, "a"),))
    with pytest.raises(OSError, match="no space left"), background.running():
        background.wait_for_good(SOME, WITHIN_S)


def test_requests_that_succeeded_since_a_moment_are_seen(fake_run: RunOnFake) -> None:
    """If the last of those that were due since a moment succeeded, nothing is wrong."""
    background = Background(fake_run.run, (pages(fake_run, "a"),))
    with background.running():
        background.wait_for_good(SOME, WITHIN_S)
        since_s = background.samples[-1].ended_s
        assert not background.why_not_good_since(since_s, WITHIN_S)
        assert background.why_not_good_since(since_s + 600, -600) == "requests of a still fail, or none is sent"


def test_a_schedule_that_is_too_short_is_inconclusive(fake_run: RunOnFake) -> None:
    """That no request is sent after the healing is not taken for a failure of the stack."""
    background = Background(fake_run.run, (pages(fake_run, "a", lasts_s=0.2),))
    with (
        pytest.raises(InconclusiveError, match="expected a to run to the end of the experiment") as raised,
        background.running(),
    ):
        background.wait_for_good(1_000_000, WITHIN_S)
    assert raised.value.fix == "give the load a longer schedule"
    assert [each.stream for each in fake_run.run.loads] == ["a"]
