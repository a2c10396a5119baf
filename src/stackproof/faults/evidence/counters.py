"""What the kernel counts for a service: memory, processor time, and how often it was refused either."""

import json
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack, Shares

_PROGRAM = ("python3", "/opt/stackproof/counters.py")
MIB = 2**20
ROOM_BYTES = 16 * MIB
"""What a health check that the engine starts inside takes for a moment: with less left it would kill the service."""

SPARE_SHARE = 0.5
"""The part of what the machine can still give that a fault may take."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What the kernel counts for the control group of a service's container.

    Attributes:
        memory_used_bytes: Memory in use, what is cached of files included.
        memory_kept_bytes: What of that the kernel cannot take back from the service.
        oom_kills: Processes killed because memory ran out.
        cpu_used_us: Processor time used, in microseconds.
        cpu_periods: Periods in which a bound on processor time was counted.
        cpu_throttled: Periods in which the service was held back, because it had used up what it had.
        memory_available_bytes: What the whole machine can still give.
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
        """What is cached of files, and what the kernel knows of them: it gives that up when it must."""
        return max(0, self.memory_used_bytes - self.memory_kept_bytes)


def counters(engine: RunningStack, service: str) -> Counters:
    """Read them beside the service, which is not disturbed.

    Raises:
        EngineError: It does not run.
    """
    place = Place(service, shares=Shares.PROCESSES, capabilities=("SYS_PTRACE", "DAC_READ_SEARCH"))
    return Counters(**json.loads(engine.run_helper(place, _PROGRAM)))
