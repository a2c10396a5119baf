"""Loads that run before, during and after a fault, until they are stopped."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Self

from stackproof.machine.waiting import wait_until
from stackproof.model import InconclusiveError, Outcome, Sample
from stackproof.protocols import Ledger
from stackproof.run.loads import StartedLoad, TimedLoad, finish, loads_running
from stackproof.run.run import Run
from stackproof.workload import LoadPlan

_GOOD_IN_A_ROW = 5
_TO_SPARE_S = 30.0


class Background:
    """Loads that run side by side.

    Args:
        run: The run that records their samples.
        loads: The loads.

    Attributes:
        samples: Their requests so far.
        ledger: The files that were acknowledged to them; complete once they have ended.
    """

    def __init__(self, run: Run, loads: Sequence[LoadPlan | TimedLoad]) -> None:
        self._run = run
        self._loads = tuple(map(TimedLoad.of, loads))
        self._started: tuple[StartedLoad, ...] = ()
        self.samples: list[Sample] = []
        self.ledger = Ledger()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Run them while the block lasts; at its end they stop sending, and open requests are waited for."""
        with loads_running(self._run, self._loads, self._take) as self._started:
            try:
                yield self
            finally:
                self._end()

    def check(self) -> None:
        """Check that every load still runs: without load, silence shows nothing of the stack.

        Raises:
            LoadError: A load generator died, or its samples could not be recorded.
            InconclusiveError: A load came to the end of its schedule.
        """
        for each in self._started:
            if each.generator.is_over:
                each.generator.wait()
                raise InconclusiveError(
                    f"expected {each.load.plan.name} to run to the end of the experiment, but its schedule is over",
                    fix="give the load a longer schedule",
                )

    def wait_for_good(self, count: int, within_s: float) -> None:
        """Wait until this many requests of each load have succeeded.

        Raises:
            InconclusiveError: They have not in time: the state before the fault is not steady.
            LoadError: A load generator died.
        """
        waited = wait_until(lambda: self._unless(self._good_since_start(count)), lambda bad: not bad, within_s=within_s)
        if waited.seen:
            raise InconclusiveError(f"expected requests of {waited.seen} to succeed before the fault, they did not")

    def why_not_good_since(self, moment_s: float, within_s: float) -> str:
        """Wait until the last requests of each load that were due since a moment have succeeded; else what is wrong.

        Args:
            moment_s: The moment, on the monotonic clock.
            within_s: How long to wait from that moment, in seconds.

        Raises:
            InconclusiveError: A load came to the end of its schedule.
            LoadError: A load generator died.
        """
        left_s = moment_s + within_s - time.monotonic()
        waited = wait_until(lambda: self._unless(self._good_since(moment_s)), lambda bad: not bad, within_s=left_s)
        return f"requests of {waited.seen} still fail, or none is sent" if waited.seen else ""

    def _unless(self, good: Sequence[LoadPlan]) -> str:
        """The first load that is not among the good ones, as long as all of them run; empty if all are good."""
        bad = [load.plan.name for load in self._loads if load.plan not in good]
        if bad:
            self.check()
        return bad[0] if bad else ""

    def _good_since_start(self, count: int) -> list[LoadPlan]:
        outcomes = [(each.stream, each.outcome) for each in tuple(self.samples)]
        return [load.plan for load in self._loads if outcomes.count((load.plan.name, Outcome.OK)) >= count]

    def _good_since(self, moment_s: float) -> list[LoadPlan]:
        return [load.plan for load in self._loads if self._is_good_since(load.plan, moment_s)]

    def _is_good_since(self, plan: LoadPlan, moment_s: float) -> bool:
        ours = [each for each in tuple(self.samples) if each.stream == plan.name and each.intended_s >= moment_s]
        last = sorted(ours, key=lambda each: each.intended_s)[-_GOOD_IN_A_ROW:]
        return len(last) == _GOOD_IN_A_ROW and all(each.outcome is Outcome.OK for each in last)

    def _take(self, samples: Sequence[Sample]) -> None:
        self._run.record_samples(samples)
        self.samples.extend(samples)

    def _end(self) -> None:
        """Stop all; whatever becomes of one load, the others are recorded."""
        for each in self._started:
            each.generator.stop()
        with ExitStack() as every:
            for each in self._started:
                every.callback(self._finish, each)

    def _finish(self, started: StartedLoad) -> None:
        self.ledger += finish(self._run, started, started.load.plan.deadline_s + _TO_SPARE_S).ledger
