"""Loads of a run: started together, and recorded."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from stackproof.history import new_id, now
from stackproof.model import Entry, LoadEnded, LoadStarted, Sample
from stackproof.workload import START_IN_S, LoadPlan, LoadResult, RunningLoad, WorkerProcess, start_load

_LATER_S = 10.0
"""A load that starts this much later has the time to get ready while others run."""

OnSamples = Callable[[Sequence[Sample]], None]


@dataclass(frozen=True, slots=True)
class TimedLoad:
    """A load, and when it starts.

    Attributes:
        plan: The load.
        after_s: Seconds from the common start of the loads that it is started with.
        id: Its id in the record.
    """

    plan: LoadPlan
    after_s: float = 0.0
    id: str = field(default_factory=new_id)

    @classmethod
    def of(cls, load: "LoadPlan | TimedLoad") -> "TimedLoad":
        """The load; one without a time starts at once."""
        return load if isinstance(load, TimedLoad) else cls(load)


@dataclass(frozen=True, slots=True)
class StartedLoad:
    """A load that was started, and the generator that sends it."""

    load: TimedLoad
    generator: RunningLoad


class LoadRecord(Protocol):
    """What takes the entries of loads; a run does."""

    def record(self, entry: Entry) -> None:
        """Put an entry into the record."""

    def take_spare(self) -> WorkerProcess | None:
        """A process that was started for the next load, if there is one."""


@contextmanager
def loads_running(
    record: LoadRecord, loads: Sequence[TimedLoad], on_samples: OnSamples
) -> Iterator[tuple[StartedLoad, ...]]:
    """Start loads from one common start, each in a process of its own; the processes end with the block.

    Args:
        record: Takes the entry for each start.
        loads: The loads; those that start much later get ready while the others run.
        on_samples: Takes their requests.

    Raises:
        LoadError: A generator died, or was not ready in time.
    """
    with ExitStack() as stack:

        def prepared(load: TimedLoad) -> StartedLoad:
            generator = start_load(load.plan, on_samples, record.take_spare())
            return StartedLoad(load, stack.enter_context(generator))

        soon = [prepared(load) for load in loads if load.after_s < _LATER_S]
        for each in soon:
            each.generator.ready()
        start_s = time.monotonic() + START_IN_S
        for each in soon:
            _go(record, each, start_s)
        later = [prepared(load) for load in loads if load.after_s >= _LATER_S]
        for each in later:
            _go(record, each, start_s)
        started = {each.load.id: each for each in (*soon, *later)}
        yield tuple(started[load.id] for load in loads)


def finish(record: LoadRecord, started: StartedLoad, within_s: float | None = None) -> LoadResult:
    """Wait for a load to end, and record its report.

    Args:
        record: Takes the report.
        started: The load.
        within_s: How long to wait, in seconds; None for as long as its schedule and all deadlines take.

    Raises:
        LoadError: The generator died, or did not end in time.
    """
    result = started.generator.wait(within_s)
    record.record(result.report)
    record.record(LoadEnded(*now(), started.load.id))
    return result


def _go(record: LoadRecord, started: StartedLoad, start_s: float) -> None:
    load = started.load
    started.generator.go(start_s + load.after_s)
    record.record(LoadStarted(*now(), load.id, load.plan.name, load.plan.target, load.after_s))
