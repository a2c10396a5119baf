"""An experiment: steady state, fault, evidence, expectations under load, heal, recovery within a bound, verdict."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from stackproof.model import (
    EventKind,
    FaultError,
    FaultSpec,
    InconclusiveError,
    Outcome,
    ProbeKind,
    ProbeReading,
    Sample,
    StackproofError,
    Verdict,
)
from stackproof.protocols import Ledger
from stackproof.run.background import Background
from stackproof.run.probe_watch import Watch
from stackproof.run.run import Run
from stackproof.run.steady_state import steady, wait_until_well
from stackproof.workload import LoadPlan

STEADY_WITHIN_S = 60.0
"""How long a stack may take to be steady before an experiment begins."""

_POLL_S = 0.1
_BASELINE_SAMPLES = 5
_BASELINE_WITHIN_S = 10.0
_SLOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What an experiment does.

    Attributes:
        faults: What is injected, in order; all hold at once.
        loads: What runs before, during and after; a load's schedule only has to be long enough.
        recovers_within_s: Bound on the time from the last healing until all is well, in seconds.
        id: Its name in the report; the fault's kind and a number where empty.
    """

    faults: tuple[FaultSpec, ...]
    loads: tuple[LoadPlan, ...] = ()
    recovers_within_s: float = 60.0
    id: str = ""


@dataclass(slots=True)
class Experiment:
    """What a test sees of an experiment while its faults hold.

    Attributes:
        run: The run.
        plan: What it does.
        watch: What the probes say meanwhile.
        background: The loads that run.
        injected_s: When the first fault was injected, on the monotonic clock.
        held_s: When all of them were seen to hold.
        healed_s: When the last one was healed.
        recovered_s: Seconds from then until all was well.
        heal: Undoes the faults now, before the block ends.
    """

    run: Run
    plan: Plan
    watch: Watch
    background: Background
    injected_s: float = 0.0
    held_s: float = 0.0
    healed_s: float | None = None
    recovered_s: float | None = None
    heal: Callable[[], None] = field(default=lambda: None)

    def samples(self, stream: str = "", *, since_s: float | None = None) -> tuple[Sample, ...]:
        """Requests so far that were due since all faults held, or since another moment, of one load or of all."""
        from_s = self.held_s if since_s is None else since_s
        return tuple(
            each
            for each in self.background.samples
            if each.intended_s >= from_s and (not stream or each.stream == stream)
        )

    def readings(self, service: str, kind: ProbeKind) -> tuple[ProbeReading, ...]:
        """What a probe said since the injection."""
        return tuple(
            each
            for each in tuple(self.watch.readings)
            if each.service == service and each.kind is kind and each.at_s >= self.injected_s
        )

    def wait_for_samples(self, count: int, within_s: float, stream: str = "") -> tuple[Sample, ...]:
        """Wait until so many requests that were due since all faults held have ended.

        Raises:
            AssertionError: They have not in time: somebody hangs.
            LoadError: A load generator died.
        """
        deadline = time.monotonic() + within_s
        while len(seen := self.samples(stream)) < count:
            self.background.check()
            if time.monotonic() > deadline:
                raise AssertionError(f"expected {count} requests to end within {within_s:g} s, saw {len(seen)}")
            time.sleep(_POLL_S)
        return seen

    def note_healed(self) -> None:
        """Note that no fault holds any more; only the first time counts."""
        self.healed_s = self.healed_s or time.monotonic()

    @property
    def ledger(self) -> Ledger:
        """The files that were acknowledged to the loads; complete once the experiment is over."""
        return self.background.ledger


@contextmanager
def experiment(run: Run, plan: Plan) -> Iterator[Experiment]:
    """Do an experiment; the block is what is expected while the faults hold.

    Its verdict goes to the record, whatever happens: PASS where all held, FAIL where an expectation in the block, or
    recovery within the bound, did not, INCONCLUSIVE where the stack was not steady before, a fault did not bite, or the
    harness itself had trouble: a verdict that rests on a broken observer is none.

    Raises:
        InconclusiveError: As above.
        FaultError: A fault is unknown, or could not be injected or healed; that is INCONCLUSIVE too.
        MissingCapabilityError: The engine lacks what a fault requires: there is an exemption in place of a verdict.
        AssertionError: All was not well within the bound after the healing.
    """
    for fault in plan.faults:
        run.refuse_missing(fault)
    done = Experiment(run, plan, Watch(run.engine, run.history.append), Background(run, plan.loads))
    with _undecided_by_trouble(), _told(done):
        steady(run, STEADY_WITHIN_S)
        with done.background.running(), done.watch.on():
            done.background.wait_for_good(_BASELINE_SAMPLES, _BASELINE_WITHIN_S)
            with _faults(done):
                yield done
            _recover(done)


@contextmanager
def _faults(done: Experiment) -> Iterator[None]:
    """Hold all faults; those that did not bite make it inconclusive, though only after all is healed."""
    with ExitStack() as held:
        held.callback(done.note_healed)
        done.heal = held.close
        done.injected_s = time.monotonic()
        unbitten = []
        for fault in done.plan.faults:
            evidence = held.enter_context(done.run.fault(fault, id=done.plan.id))
            unbitten += [] if evidence.confirmed else [f"'{fault}' was not seen to bite: {evidence.observed}"]
        if unbitten:
            raise InconclusiveError("; ".join(unbitten))
        done.held_s = time.monotonic()
        yield


def _recover(done: Experiment) -> None:
    healed_s = done.healed_s or time.monotonic()
    wrong = wait_until_well(done.run, healed_s + done.plan.recovers_within_s)
    wrong = wrong or done.background.why_not_good_since(healed_s, done.plan.recovers_within_s)
    if wrong:
        raise AssertionError(
            f"expected all to be well {done.plan.recovers_within_s:g} s after the healing, but {wrong}"
        )
    done.recovered_s = time.monotonic() - healed_s


@contextmanager
def _undecided_by_trouble() -> Iterator[None]:
    """Trouble of the harness neither proves nor refutes anything of the stack."""
    try:
        yield
    except (InconclusiveError, FaultError):
        raise
    except StackproofError as error:
        raise InconclusiveError(
            f"expected an experiment without trouble of our own, but: {error.message}", where=error.where, fix=error.fix
        ) from error


@contextmanager
def _told(done: Experiment) -> Iterator[None]:
    """Record the verdict on each fault of an experiment."""
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
        signs = {} if done.injected_s == 0 else _first_sign(done)
        recovered = {} if done.recovered_s is None else {"recovered_s": f"{done.recovered_s:.3f}"}
        for fault in done.plan.faults:
            done.run.note(EventKind.EXPERIMENT, str(fault), verdict=verdict, reason=reason, **signs, **recovered)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _hidden_assertion(error: BaseException) -> str:
    """An expectation that had failed before somebody met trouble in cleaning up after it."""
    before = error.__context__
    while before is not None and not isinstance(before, AssertionError):
        before = before.__context__
    return "" if before is None else f"; before that: {_first_line(before)}"


def _first_sign(done: Experiment) -> dict[str, str]:
    """What told first that something was wrong: a probe that said no, or a request that failed or was slow."""
    end_s = done.healed_s or time.monotonic()
    signs = [
        (each.at_s + each.took_s, f"{each.service}/{each.kind}: {each.detail}")
        for each in tuple(done.watch.readings)
        if not each.ok and done.injected_s <= each.at_s <= end_s
    ]
    signs += [
        (each.ended_s, f"a request of {each.stream}: {_said(each)}")
        for each in done.samples(since_s=done.injected_s)
        if (each.outcome is not Outcome.OK or each.latency_s > _SLOW_S) and each.ended_s <= end_s
    ]
    if not signs:
        return {}
    at_s, what = min(signs)
    return {"detected_s": f"{at_s - done.injected_s:.3f}", "detected_by": what}


def _said(sample: Sample) -> str:
    return f"{sample.outcome}" if sample.outcome is not Outcome.OK else f"took {sample.latency_s:.2f} s"
