"""Every kind of fault, by name."""

from collections.abc import Mapping
from difflib import get_close_matches

from stackproof.faults.bandwidth import BANDWIDTH
from stackproof.faults.clock_skew import CLOCK_SKEW
from stackproof.faults.connections import CONNECTIONS
from stackproof.faults.cpu import CPU
from stackproof.faults.crash_loop import CRASH_LOOP
from stackproof.faults.delay import DELAY
from stackproof.faults.descriptors import DESCRIPTORS
from stackproof.faults.dns_fail import DNS_FAIL
from stackproof.faults.dns_lie import DNS_LIE
from stackproof.faults.down import DOWN
from stackproof.faults.duplicate import DUPLICATE
from stackproof.faults.fault import BoundFault, Fault
from stackproof.faults.flap import FLAP
from stackproof.faults.freeze import FREEZE
from stackproof.faults.full_disk import FULL_DISK
from stackproof.faults.kill import KILL
from stackproof.faults.latency import LATENCY
from stackproof.faults.limit_data import LIMIT_DATA
from stackproof.faults.loss import LOSS
from stackproof.faults.memory import MEMORY
from stackproof.faults.memory_hog import MEMORY_HOG
from stackproof.faults.oom import OOM
from stackproof.faults.partition import PARTITION
from stackproof.faults.reorder import REORDER
from stackproof.faults.reset_peer import RESET_PEER
from stackproof.faults.restart import RESTART
from stackproof.faults.slicer import SLICER
from stackproof.faults.slow_close import SLOW_CLOSE
from stackproof.faults.slow_disk import SLOW_DISK
from stackproof.faults.terminate import TERMINATE
from stackproof.faults.timeout import TIMEOUT
from stackproof.model import Family, FaultError, FaultSpec, Stack

FAMILIES: Mapping[Family, tuple[Fault, ...]] = {
    Family.LINKS: (LATENCY, BANDWIDTH, SLOW_CLOSE, TIMEOUT, SLICER, LIMIT_DATA, RESET_PEER, DOWN, FLAP),
    Family.PACKETS: (LOSS, PARTITION, DELAY, REORDER, DUPLICATE),
    Family.PROCESSES: (KILL, TERMINATE, RESTART, CRASH_LOOP, FREEZE),
    Family.RESOURCES: (CPU, MEMORY, MEMORY_HOG, OOM, DESCRIPTORS, CONNECTIONS, FULL_DISK, SLOW_DISK),
    Family.NAMES_AND_TIME: (DNS_FAIL, DNS_LIE, CLOCK_SKEW),
}
FAULTS: tuple[Fault, ...] = tuple(each for family in FAMILIES.values() for each in family)


def family_of(kind: str) -> Family:
    """The family that a kind of fault belongs to.

    Raises:
        FaultError: There is no such kind.
    """
    wanted = fault(kind)
    return next(family for family, faults in FAMILIES.items() if wanted in faults)


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
