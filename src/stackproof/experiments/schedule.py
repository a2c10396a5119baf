"""Several faults in sequence and overlapping, as one value that can be printed, pasted and run again."""

import time
from contextlib import ExitStack
from dataclasses import dataclass

from stackproof.faults.catalogue import check
from stackproof.model import FaultError, FaultSpec, HistoryError, StackproofError
from stackproof.run.run import Run


@dataclass(frozen=True, slots=True)
class FaultStep:
    """One fault of a schedule.

    Attributes:
        fault: As it is asked for, ``KIND TARGET key=value ...``.
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
        traffic: What is sent, in the terms of whoever runs the schedule: by turns, evenly over its length.
    """

    steps: tuple[FaultStep, ...] = ()
    traffic: tuple[tuple[str, int], ...] = ()

    @property
    def length_s(self) -> float:
        """When the last fault is healed, in seconds from the start."""
        return max((each.at_s + each.for_s for each in self.steps), default=0.0)


@dataclass(frozen=True, slots=True)
class _Moment:
    """Something to do at a moment: a step to begin, or to end."""

    at_s: float
    place: int
    begins: bool


def hold_schedule(run: Run, schedule: FaultSchedule, part_of: str) -> None:
    """Inject and heal each fault at its time; all are healed at the end, however that comes.

    No evidence is asked for: faults that overlap hide each other, and a schedule's claim is what never breaks.

    Args:
        run: The run.
        schedule: What to do.
        part_of: Name of the schedule, for the record.

    Raises:
        FaultError: A step's fault is unknown or aimed at nothing; nothing was done.
        StackproofError: A fault could not be healed.
    """
    for step in schedule.steps:
        check(FaultSpec.parse(step.fault), run.stack)
    before = run.unhealed()
    start_s = time.monotonic()
    with ExitStack() as stack:
        held = [stack.enter_context(ExitStack()) for _ in schedule.steps]
        for moment in _moments(schedule):
            time.sleep(max(0.0, start_s + moment.at_s - time.monotonic()))
            if moment.begins:
                _begin(run, schedule.steps[moment.place], part_of, held[moment.place])
            else:
                held[moment.place].close()
    left = [str(undo.spec) for undo in run.unhealed() if undo not in before]
    if left:  # half an injection that could not be undone either, and was left out for that
        raise FaultError(
            f"expected to heal all of the schedule, could not heal {', '.join(left)}", fix="stackproof heal"
        )


def _moments(schedule: FaultSchedule) -> list[_Moment]:
    begins = [_Moment(each.at_s, place, begins=True) for place, each in enumerate(schedule.steps)]
    ends = [_Moment(each.at_s + each.for_s, place, begins=False) for place, each in enumerate(schedule.steps)]
    return sorted([*begins, *ends], key=lambda each: (each.at_s, each.place, not each.begins))


def _begin(run: Run, step: FaultStep, part_of: str, until: ExitStack) -> None:
    """Inject; what cannot be done to a target that another fault has taken away is left out, and the record says so."""
    try:
        until.enter_context(run.part(FaultSpec.parse(step.fault), part_of))
    except HistoryError:
        raise
    except StackproofError as error:
        run.note_left_out(step.fault, part_of, str(error))
