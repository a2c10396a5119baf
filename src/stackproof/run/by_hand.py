"""A fault that a person holds on a running stack.

``python -m stackproof.run.by_hand FOLDER FAULT`` heals what a killed command has left of one, and nothing else.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from pathlib import Path
from threading import Event

from stackproof.engine.engines import default_engine
from stackproof.engine.port import Guard, RunningStack
from stackproof.faults.injection import Injection, heal_all, journalled
from stackproof.faults.journal import Journal
from stackproof.machine.waiting import wait_until
from stackproof.model import HEALTHY_STATES, ContainerState, Evidence, FaultSpec, StackproofError
from stackproof.model.container import why_not_working
from stackproof.run.folder import RunFolder

_BACK_WITHIN_S = 60.0
_STAYS_S = 3.0  # a service that dies again at once is not back


def hold_by_hand(running: RunningStack, spec: FaultSpec, for_s: float, report: Callable[[str], None]) -> Evidence:
    """Hold a fault for a while, and heal it whatever happens; after a kill -9 of this process a guard heals it.

    Args:
        running: The running stack.
        spec: The fault.
        for_s: How long, in seconds, from when its evidence is known.
        report: Takes each line about what is done.

    Raises:
        StackproofError: The fault is unknown, aimed at nothing, or could not be injected or healed.
    """
    folder = RunFolder(running.run, running.folder)
    heal = (sys.executable, "-m", "stackproof.run.by_hand", str(folder.path), str(spec))
    guard = default_engine().guard(folder.run, folder.path, heal)
    # No bound: it would count from the injection, and cut short what is held from the evidence on.
    with journalled(spec, running, Journal(folder.journal), inf) as injection, _guarded(injection, guard):
        injection.inject()
        evidence = injection.evidence()
        report(outcome(evidence))
        try:  # from this line on: Ctrl-C may come before the wait has begun
            report(f"held for {for_s:g} s; Ctrl-C heals it now")
            Event().wait(for_s)
        except KeyboardInterrupt:
            report("healing")
    return evidence


def why_not_back(
    running: RunningStack, before: Mapping[str, ContainerState], *, within_s: float = _BACK_WITHIN_S
) -> str:
    """Why services that worked before a fault do not work after it was healed; "" if they do, and go on doing so.

    Args:
        running: The running stack.
        before: The states before the fault.
        within_s: How long they may take, in seconds.
    """
    worked = {name for name, state in before.items() if state.word in HEALTHY_STATES}
    since_s: list[float] = []  # when all of them worked again

    def look() -> str:
        states = running.all_states()
        wrong = why_not_working({name: states[name] for name in sorted(worked)})
        if wrong:
            since_s.clear()
        elif not since_s:
            since_s.append(time.monotonic())
        return wrong

    def stays(wrong: str) -> bool:
        return not wrong and time.monotonic() - since_s[0] >= _STAYS_S

    waited = wait_until(look, stays, within_s=within_s, poll_s=0.2)
    return "" if waited.in_time else waited.seen or "a service works and ends in turns"


def outcome(evidence: Evidence) -> str:
    """The evidence in one line, for a person."""
    return f"{'took effect' if evidence.confirmed else 'was not confirmed'}: {evidence.observed}"


@contextmanager
def _guarded(injection: Injection, guard: Guard) -> Iterator[None]:
    """Heal at the end. Where that fails or is cut short, the guard tries again once this process is gone."""
    guard.start()
    try:
        yield
    finally:
        injection.heal()
        guard.dismiss()


def heal_left(folder: Path, text: str) -> None:
    """Heal a fault from the journal whose command is gone; other faults of the run stay.

    Raises:
        StackproofError: It could not be healed.
    """
    journal = Journal(RunFolder(folder.name, folder).journal)
    heal_all(default_engine().find(folder), journal, only=text)


if __name__ == "__main__":
    try:
        heal_left(Path(sys.argv[1]), sys.argv[2])
    except StackproofError as error:
        sys.exit(f"gave up: {error}")
