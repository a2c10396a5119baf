"""Every kind of fault, by name."""

from difflib import get_close_matches

from stackproof.faults.bandwidth import BANDWIDTH
from stackproof.faults.down import DOWN
from stackproof.faults.fault import BoundFault, Fault
from stackproof.faults.freeze import FREEZE
from stackproof.faults.kill import KILL
from stackproof.faults.latency import LATENCY
from stackproof.faults.limit_data import LIMIT_DATA
from stackproof.faults.reset_peer import RESET_PEER
from stackproof.faults.slicer import SLICER
from stackproof.faults.slow_close import SLOW_CLOSE
from stackproof.faults.timeout import TIMEOUT
from stackproof.model import FaultError, FaultSpec, Stack

FAULTS: tuple[Fault, ...] = (
    LATENCY,
    BANDWIDTH,
    SLOW_CLOSE,
    TIMEOUT,
    SLICER,
    LIMIT_DATA,
    RESET_PEER,
    DOWN,
    KILL,
    FREEZE,
)


def fault(kind: str) -> Fault:
    """The kind of fault of this name.

    Raises:
        FaultError: There is none; the message lists those that are, and the nearest.
    """
    known = {each.kind: each for each in FAULTS}
    if kind in known:
        return known[kind]
    nearest = get_close_matches(kind, known, n=1)
    raise FaultError(
        f"no fault {kind!r}; known: {', '.join(sorted(known))}", fix=f"say {nearest[0]!r}" if nearest else None
    )


def check(spec: FaultSpec, stack: Stack) -> BoundFault:
    """Bind a fault that is asked for to its target in a stack.

    Raises:
        FaultError: The kind, the target or a parameter is not known, or a value is out of bounds.
    """
    return fault(spec.kind).check(spec, stack)
