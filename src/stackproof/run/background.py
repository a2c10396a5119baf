"""Loads that run before, during and after a fault, until they are told to stop."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Self

from stackproof.model import EventKind, InconclusiveError, Outcome, Sample
from stackproof.protocols import Ledger
from stackproof.run.run import Run
from stackproof.workload import START_IN_S, LoadPlan, RunningLoad, start_load

_POLL_S = 0.05
_GOOD_IN_A_ROW = 5
_TO_SPARE_S = 30.0


class Background:
    """Loads that run side by side.

    Args:
        run: The run that their samples are recorded in.
        plans: The loads.
    """

    def __init__(self, run: Run, plans: Sequence[LoadPlan]) -> None:
        self._run = run
        self._plans = plans
        self._loads: list[RunningLoad] = []
        self.samples: list[Sample] = []
        self.ledger = Ledger()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Run them while the block lasts; at its end nothing more is sent, and what is open is waited for."""
        with ExitStack() as stack:
            self._loads = [stack.enter_context(start_load(plan, self._keep)) for plan in self._plans]
            for load in self._loads:
                load.ready()
            at_s = time.monotonic() + START_IN_S
            for load, plan in zip(self._loads, self._plans, strict=True):
                load.go(at_s)
                self._run.note(EventKind.LOAD_STARTED, plan.name, target=plan.target)
            try:
                yield self
            finally:
                self._end()

    def check(self) -> None:
        """See that every load still runs: without one, silence says nothing of the stack.

        Raises:
            LoadError: A load generator died, or what it told could not be recorded.
            InconclusiveError: A load came to the end of its schedule.
        """
        for load, plan in zip(self._loads, self._plans, strict=True):
            if load.is_over:
                load.wait()
                raise InconclusiveError(
                    f"expected {plan.name} to run to the end of the experiment, but its schedule is over",
                    fix="give the load a longer schedule",
                )

    def wait_for_good(self, count: int, within_s: float) -> None:
        """Wait until so many requests of each load went well.

        Raises:
            InconclusiveError: They did not: the state before the fault is not steady.
            LoadError: A load generator died.
        """
        deadline = time.monotonic() + within_s
        while short := [plan.name for plan in self._plans if self._good(plan) < count]:
            self.check()
            if time.monotonic() > deadline:
                raise InconclusiveError(f"expected requests of {short[0]} to go well before the fault, they did not")
            time.sleep(_POLL_S)

    def why_not_good_since(self, moment_s: float, within_s: float) -> str:
        """Wait until the last requests of each load, of those due since then, went well; else what is wrong.

        Raises:
            InconclusiveError: A load came to the end of its schedule.
            LoadError: A load generator died.
        """
        deadline = moment_s + within_s
        while ill := [plan.name for plan in self._plans if not self._is_good_since(plan, moment_s)]:
            self.check()
            if time.monotonic() > deadline:
                return f"requests of {ill[0]} still fail, or none is sent"
            time.sleep(_POLL_S)
        return ""

    def _good(self, plan: LoadPlan) -> int:
        return sum(each.stream == plan.name and each.outcome is Outcome.OK for each in tuple(self.samples))

    def _is_good_since(self, plan: LoadPlan, moment_s: float) -> bool:
        ours = [each for each in tuple(self.samples) if each.stream == plan.name and each.intended_s >= moment_s]
        last = sorted(ours, key=lambda each: each.intended_s)[-_GOOD_IN_A_ROW:]
        return len(last) == _GOOD_IN_A_ROW and all(each.outcome is Outcome.OK for each in last)

    def _keep(self, samples: Sequence[Sample]) -> None:
        self._run.keep_samples(samples)
        self.samples.extend(samples)

    def _end(self) -> None:
        """Whatever becomes of one load, the others tell what they did."""
        for load in self._loads:
            load.stop()
        with ExitStack() as all_of_them:
            for load, plan in zip(self._loads, self._plans, strict=True):
                all_of_them.callback(self._hear, load, plan.deadline_s + _TO_SPARE_S)

    def _hear(self, load: RunningLoad, within_s: float) -> None:
        result = load.wait(within_s)
        self.ledger += result.ledger
        self._run.keep_report(result.report)
