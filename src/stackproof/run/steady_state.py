"""Whether a stack is in its steady state, and waiting until it is."""

import time
from collections.abc import Callable, Sequence

from stackproof.machine.waiting import wait_until
from stackproof.model import FaultInjected, InconclusiveError, ProbeKind, ProbeReading
from stackproof.model.container import why_not_working
from stackproof.run.run import Run

_POLL_S = 0.1


def steady(run: Run, within_s: float) -> None:
    """Wait until the whole stack is healthy and ready.

    Raises:
        InconclusiveError: It is not in time, so nothing can be proved of it.
    """
    wrong = wait_until_steady(run, time.monotonic() + within_s)
    if wrong:
        raise InconclusiveError(
            f"expected a steady state within {within_s:g} s, but {wrong}",
            fix="read that service's log, and see what was done to the stack before",
        )


def why_not_ready(run: Run) -> str:
    """Which services answer no to readiness, and why: the engine's own checks may be seconds behind."""
    services = [each for each in run.services() if any(p.kind is ProbeKind.READINESS for p in each.service.probes)]
    readings: Sequence[ProbeReading] = run.ask_all(services, ProbeKind.READINESS)
    return "; ".join(f"{each.service}'s readiness says no: {each.detail}" for each in readings if not each.ok)


def why_not_steady(run: Run) -> str:
    """Which services are not healthy according to the engine, or else not ready; empty if there is none."""
    return _why_not_healthy(run) or why_not_ready(run)


def _why_not_healthy(run: Run) -> str:
    """Which services do not run; a job that did its work before any fault has nothing to come back to."""
    states = run.engine.all_states().items()
    if not any(isinstance(event, FaultInjected) for event in run.events):
        run.done.update(name for name, state in states if state.is_done)
    return why_not_working({name: state for name, state in states if not (name in run.done and state.is_done)})


def wait_until_steady(run: Run, deadline: float, look: Callable[[Run], str] = why_not_steady) -> str:
    """Wait until the stack is steady.

    Args:
        run: The run.
        deadline: Until when, on the monotonic clock.
        look: Gives the reason why it is not steady; empty if it is.

    Returns:
        Why the stack is not steady at the deadline; empty as soon as it is.
    """
    left_s = deadline - time.monotonic()
    waited = wait_until(lambda: look(run), lambda wrong: not wrong, within_s=left_s, poll_s=_POLL_S)
    return "; ".join(dict.fromkeys([waited.seen, *filter(None, [why_not_ready(run)])])) if waited.seen else ""
