"""What the kernel counts for a service: memory, processor time, and how often it ran out of either."""

import json
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack, Shares

_PROGRAM = ("python3", "/opt/stackproof/counters.py")
MIB = 2**20
HEADROOM_BYTES = 16 * MIB
"""What a health check needs for a moment when the engine runs it in the container; with less it would be killed."""

SPARE_SHARE = 0.5
"""The share of the machine's available memory that a fault may take."""


@dataclass(frozen=True, slots=True)
class KernelCounters:
    """What the kernel counts for the control group of a service's container.

    Attributes:
        memory_used_bytes: Memory in use, including cached files.
        memory_kept_bytes: The part of it that the kernel cannot reclaim.
        oom_kills: Processes that were killed because memory ran out.
        cpu_used_us: Processor time used, in microseconds.
        cpu_periods: Periods in which a limit on processor time was enforced.
        cpu_throttled: Periods in which the service was throttled because it had used up its share.
        memory_available_bytes: Memory that the whole machine has available.
    """

    memory_used_bytes: int
    memory_kept_bytes: int
    oom_kills: int
    cpu_used_us: int
    cpu_periods: int
    cpu_throttled: int
    memory_available_bytes: int

    @property
    def memory_cached_bytes(self) -> int:
        """Cached files and their metadata, which the kernel reclaims when it must."""
        return max(0, self.memory_used_bytes - self.memory_kept_bytes)

    def has_spare(self, size_bytes: int) -> bool:
        """True if the machine can spare so much memory for a fault."""
        return size_bytes <= self.memory_available_bytes * SPARE_SHARE


def read_counters(engine: RunningStack, service: str) -> KernelCounters:
    """Read the counters of a running service with a helper, which does not disturb it.

    Raises:
        EngineError: The service does not run.
    """
    place = Place(service, shares=Shares.PROCESSES, capabilities=("SYS_PTRACE", "DAC_READ_SEARCH"))
    return KernelCounters(**json.loads(engine.run_helper(place, _PROGRAM)))
