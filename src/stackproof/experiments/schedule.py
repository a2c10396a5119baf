"""Several faults in sequence and overlapping, as one value that can be printed, pasted and run again."""

import time
from contextlib import ExitStack
from dataclasses import dataclass

from stackproof.history import now
from stackproof.model import FaultError, FaultSpec, HistoryError, PartLeftOut, StackproofError
from stackproof.run.run import ReadyFault, Run


@dataclass(frozen=True, slots=True)
class FaultStep:
    """One fault of a schedule.

    Attributes:
        fault: The fault, ``KIND TARGET key=value ...``.
        at_s: When it is injected, in seconds from the schedule's start.
        for_s: How long it is held, in seconds.
    """

    fault: str
    at_s: float
    for_s: float


@dataclass(frozen=True, slots=True)
class FaultSchedule:
    """Faults over time, and the traffic meanwhile.

    Attributes:
        steps: The faults, in any order; they may overlap.
        traffic: What is sent, in the terms of the test that runs the schedule: alternately, evenly over its length.
    """

    steps: tuple[FaultStep, ...] = ()
    traffic: tuple[tuple[str, int], ...] = ()

    @property
    def length_s(self) -> float:
        """When the last fault is healed, in seconds from the start."""
        return max((each.at_s + each.for_s for each in self.steps), default=0.0)


@dataclass(frozen=True, slots=True)
class _Moment:
    """Something to do at a moment: to begin a step, or to end it."""

    at_s: float
    place: int
    begins: bool


def hold_schedule(run: Run, schedule: FaultSchedule, part_of: str) -> None:
    """Inject and heal each fault at its time; all are healed at the end, however that comes.

    No evidence is looked for: faults that overlap hide each other, and a schedule's claim is about what never breaks.

    Args:
        run: The run.
        schedule: What to do.
        part_of: Name of the schedule, for the record.

    Raises:
        FaultError: A step's fault is unknown or has no such target, and nothing was done.
        StackproofError: A fault could not be healed.
    """
    ready = [ReadyFault.of(FaultSpec.parse(step.fault), run.stack) for step in schedule.steps]
    before = run.unhealed()
    start_s = time.monotonic()
    with ExitStack() as stack:
        held = [stack.enter_context(ExitStack()) for _ in ready]
        for moment in _moments(schedule):
            time.sleep(max(0.0, start_s + moment.at_s - time.monotonic()))
            if moment.begins:
                _begin(run, ready[moment.place], part_of, held[moment.place])
            else:
                held[moment.place].close()
    left = [str(undo.spec) for undo in run.unhealed() if undo not in before]
    if left:  # half an injection that could not be undone either, and was skipped because of that
        raise FaultError(
            f"expected to heal the whole schedule, could not heal {', '.join(left)}", fix="stackproof heal"
        )


def _moments(schedule: FaultSchedule) -> list[_Moment]:
    begins = [_Moment(each.at_s, place, begins=True) for place, each in enumerate(schedule.steps)]
    ends = [_Moment(each.at_s + each.for_s, place, begins=False) for place, each in enumerate(schedule.steps)]
    return sorted([*begins, *ends], key=lambda each: (each.at_s, each.place, not each.begins))


def _begin(run: Run, ready: ReadyFault, part_of: str, until: ExitStack) -> None:
    """Inject; a fault whose target another fault has taken away is skipped, and the record says so."""
    try:
        until.enter_context(run.part(ready, part_of))
    except HistoryError:
        raise
    except StackproofError as error:
        run.record(PartLeftOut(*now(), ready.planned.fault, part_of, str(error)))
