"""An experiment: steady state, faults, evidence, expectations under load, healing, recovery within a bound, verdict."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from stackproof.history import new_id, now
from stackproof.machine.waiting import wait_until
from stackproof.model import (
    ExperimentEnded,
    FaultError,
    FaultSpec,
    FirstSign,
    InconclusiveError,
    Outcome,
    PlannedFault,
    ProbeKind,
    ProbeReading,
    Sample,
    StackproofError,
    Verdict,
)
from stackproof.protocols import Ledger
from stackproof.run.background import Background
from stackproof.run.probe_watch import ProbeWatch
from stackproof.run.run import Run
from stackproof.run.steady_state import steady, wait_until_steady
from stackproof.workload import LoadPlan

STEADY_WITHIN_S = 60.0
"""How long a stack may take to reach its steady state before an experiment begins, in seconds."""

_POLL_S = 0.1
_BASELINE_SAMPLES = 5
_BASELINE_WITHIN_S = 10.0
_SLOW_S = 1.0
_MILLISECONDS = 3
"""Decimals of a time in seconds: probes and loads do not resolve more."""


@dataclass(frozen=True, slots=True)
class ExperimentPlan:
    """What an experiment does.

    Attributes:
        faults: What is injected, in order; all hold at once.
        loads: What runs before, during and after; a load's schedule only has to be long enough.
        recovers_within_s: Bound on the time from the last healing until the steady state is back, in seconds.
        name: Its name in the report; the fault's kind and a number if empty.
    """

    faults: tuple[FaultSpec, ...]
    loads: tuple[LoadPlan, ...] = ()
    recovers_within_s: float = 60.0
    name: str = ""


@dataclass(slots=True)
class RunningExperiment:
    """What a test sees of an experiment while its faults hold.

    Attributes:
        run: The run.
        plan: What the experiment does.
        watch: The watch of all probes.
        background: The loads that run.
        injected_s: When the first fault was injected, on the monotonic clock; 0 before that.
        held_s: When all of them were confirmed.
        healed_s: When the last one was healed.
        recovered_s: Seconds from then until the steady state was back.
        heal: Heals the faults now, before the block ends.
    """

    run: Run
    plan: ExperimentPlan
    watch: ProbeWatch
    background: Background
    injected_s: float = 0.0
    held_s: float = 0.0
    healed_s: float | None = None
    recovered_s: float | None = None
    heal: Callable[[], None] = field(default=lambda: None)

    def samples(self, stream: str = "", *, since_s: float | None = None) -> tuple[Sample, ...]:
        """Requests so far of one load or of all that were due since all faults held, or since another moment."""
        from_s = self.held_s if since_s is None else since_s
        return tuple(
            each
            for each in self.background.samples
            if each.intended_s >= from_s and (not stream or each.stream == stream)
        )

    def readings(self, service: str, kind: ProbeKind) -> tuple[ProbeReading, ...]:
        """Answers to a probe since the injection."""
        return tuple(
            each
            for each in tuple(self.watch.readings)
            if each.service == service and each.kind is kind and each.at_s >= self.injected_s
        )

    def wait_for_samples(self, count: int, within_s: float, stream: str = "") -> tuple[Sample, ...]:
        """Wait until this many requests that were due since all faults held have ended.

        Raises:
            AssertionError: They have not in time: something hangs.
            LoadError: A load generator died.
        """

        def look() -> tuple[Sample, ...]:
            seen = self.samples(stream)
            if len(seen) < count:
                self.background.check()
            return seen

        waited = wait_until(look, lambda seen: len(seen) >= count, within_s=within_s, poll_s=_POLL_S)
        if not waited.in_time:
            raise AssertionError(f"expected {count} requests to end within {within_s:g} s, saw {len(waited.seen)}")
        return waited.seen

    def note_healed(self) -> None:
        """Note that no fault holds any more; only the first time counts."""
        self.healed_s = self.healed_s or time.monotonic()

    @property
    def ledger(self) -> Ledger:
        """The files that were acknowledged to the loads; complete once the experiment is over."""
        return self.background.ledger


@contextmanager
def experiment(run: Run, plan: ExperimentPlan) -> Iterator[RunningExperiment]:
    """Do an experiment; the block is what is expected while the faults hold.

    Its verdict is recorded, whatever happens: PASS if everything held, FAIL if an expectation in the block or recovery
    within the bound did not, INCONCLUSIVE if the stack was not steady before, a fault was not confirmed, or the harness
    itself had trouble: a verdict that rests on a broken observer is worth nothing.

    Raises:
        InconclusiveError: As above.
        FaultError: A fault is unknown, or could not be injected or healed; that is INCONCLUSIVE too.
        MissingCapabilityError: The engine lacks what a fault requires: there is an exemption in place of a verdict.
        AssertionError: The steady state was not back within the bound after the healing.
    """
    for fault in plan.faults:
        run.refuse_missing(fault)
    running = RunningExperiment(run, plan, ProbeWatch(run.engine, run.history.append), Background(run, plan.loads))
    planned = tuple(PlannedFault(new_id(), fault) for fault in plan.faults)
    with _undecided_by_trouble(), _recorded(running, planned):
        steady(run, STEADY_WITHIN_S)
        with running.background.running(), running.watch.on():
            running.background.wait_for_good(_BASELINE_SAMPLES, _BASELINE_WITHIN_S)
            with _faults_held(running, planned):
                yield running
            _recover(running)


@contextmanager
def _faults_held(running: RunningExperiment, planned: tuple[PlannedFault, ...]) -> Iterator[None]:
    """Hold all faults; if one was not confirmed, it is inconclusive, though only after all are healed."""
    with ExitStack() as held:
        held.callback(running.note_healed)
        running.heal = held.close
        running.injected_s = time.monotonic()
        unconfirmed = []
        for each in planned:
            evidence = held.enter_context(running.run.fault(each, name=running.plan.name))
            unconfirmed += [] if evidence.confirmed else [f"'{each.fault}' was not confirmed: {evidence.observed}"]
        if unconfirmed:
            raise InconclusiveError("; ".join(unconfirmed))
        running.held_s = time.monotonic()
        yield


def _recover(running: RunningExperiment) -> None:
    healed_s, within_s = running.healed_s or time.monotonic(), running.plan.recovers_within_s
    wrong = wait_until_steady(running.run, healed_s + within_s)
    wrong = wrong or running.background.why_not_good_since(healed_s, within_s)
    if wrong:
        raise AssertionError(f"expected the steady state to be back {within_s:g} s after the healing, but {wrong}")
    running.recovered_s = time.monotonic() - healed_s


@contextmanager
def _undecided_by_trouble() -> Iterator[None]:
    """Trouble of the harness neither proves nor refutes anything about the stack."""
    try:
        yield
    except (InconclusiveError, FaultError):
        raise
    except StackproofError as error:
        raise InconclusiveError(
            f"expected an experiment without trouble in the harness, but: {error.message}",
            where=error.where,
            fix=error.fix,
        ) from error


@contextmanager
def _recorded(running: RunningExperiment, planned: tuple[PlannedFault, ...]) -> Iterator[None]:
    """Record the verdict of an experiment."""
    verdict, reason = Verdict.PASS, ""
    try:
        yield
    except AssertionError as error:
        verdict, reason = Verdict.FAIL, _first_line(error)
        raise
    except BaseException as error:
        verdict, reason = Verdict.INCONCLUSIVE, _first_line(error) + _hidden_assertion(error)
        raise
    finally:
        sign = None if running.injected_s == 0 else _first_sign(running)
        recovered_s = None if running.recovered_s is None else round(running.recovered_s, _MILLISECONDS)
        running.run.record(ExperimentEnded(*now(), planned, verdict, reason, sign, recovered_s))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _hidden_assertion(error: BaseException) -> str:
    """An expectation that had failed before there was trouble in cleaning up after it."""
    before = error.__context__
    while before is not None and not isinstance(before, AssertionError):
        before = before.__context__
    return "" if before is None else f"; before that: {_first_line(before)}"


def _first_sign(running: RunningExperiment) -> FirstSign | None:
    """The first probe that said no, or the first request that failed or was slow."""
    end_s = running.healed_s or time.monotonic()
    signs = [
        (each.at_s + each.took_s, f"{each.service}/{each.kind}: {each.detail}")
        for each in tuple(running.watch.readings)
        if not each.ok and running.injected_s <= each.at_s <= end_s
    ]
    signs += [
        (each.ended_s, f"a request of {each.stream}: {_ending(each)}")
        for each in running.samples(since_s=running.injected_s)
        if (each.outcome is not Outcome.OK or each.latency_s > _SLOW_S) and each.ended_s <= end_s
    ]
    if not signs:
        return None
    at_s, seen_by = min(signs)
    return FirstSign(round(at_s - running.injected_s, _MILLISECONDS), seen_by)


def _ending(sample: Sample) -> str:
    return f"{sample.outcome}" if sample.outcome is not Outcome.OK else f"took {sample.latency_s:.2f} s"
