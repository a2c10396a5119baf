"""Whether all of a stack is well, and waiting until it is."""

import time
from collections.abc import Callable, Sequence

from stackproof.model import HEALTHY_STATES, InconclusiveError, ProbeKind, ProbeReading
from stackproof.run.run import Run

_POLL_S = 0.1


def steady(run: Run, within_s: float) -> None:
    """Wait until all of the stack is well.

    Raises:
        InconclusiveError: It is not in time, so that nothing can be proved of it.
    """
    wrong = wait_until_well(run, time.monotonic() + within_s)
    if wrong:
        raise InconclusiveError(
            f"expected a steady state within {within_s:g} s, but {wrong}",
            fix="read that service's log, and see what was done to the stack before",
        )


def why_not_ready(run: Run) -> str:
    """Which services' readiness says no, and why: the engine's own checks may be seconds behind."""
    services = [each for each in run.services() if any(p.kind is ProbeKind.READINESS for p in each.service.probes)]
    readings: Sequence[ProbeReading] = run.ask_all(services, ProbeKind.READINESS)
    return "; ".join(f"{each.service}'s readiness says no: {each.detail}" for each in readings if not each.ok)


def why_not_well(run: Run) -> str:
    """Which services the engine does not call well, or else whose readiness says no; empty where there is none."""
    return _why_engine_minds(run) or why_not_ready(run)


def _why_engine_minds(run: Run) -> str:
    states = run.engine.all_states().items()
    return "; ".join(
        f"the engine says {state.word} of {name}" for name, state in states if state.word not in HEALTHY_STATES
    )


def wait_until_well(run: Run, deadline: float, look: Callable[[Run], str] = why_not_well) -> str:
    """Wait until all is well.

    Args:
        run: The run.
        deadline: Until when, on the monotonic clock.
        look: Tells why it is not well, or nothing.

    Returns:
        Why the stack is not well at that moment; empty as soon as it is.
    """
    while wrong := look(run):
        if time.monotonic() > deadline:
            return "; ".join(dict.fromkeys(filter(None, [wrong, why_not_ready(run)])))
        time.sleep(_POLL_S)
    return ""
