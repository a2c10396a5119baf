"""``memory_hog``: most of the memory that a service may use is in use."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, Place, RunningStack, Shares
from stackproof.faults.evidence.kernel_counters import HEADROOM_BYTES, MIB, KernelCounters, read_counters
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.memory_limit import require_memory_limit
from stackproof.faults.means.run_state import is_up
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_PERCENT = IntegerParameter("percent", "share of the service's memory limit that is in use", "percent", 1, 99)
_TOLERANCE_PERCENT = 2
_HELD_S = 3600
_MARK = "STACKPROOF_MEMORY_HOG"
_HELD = "held"
_CAPABILITIES = ("DAC_READ_SEARCH", "KILL", "SYS_PTRACE")
# dd has read everything before it writes, and then waits for a reader that takes one byte and sleeps. It is the first
# that the kernel kills when memory runs out. No process that stays has the output that the shell waits for.
_TAKE = (
    "export {mark}=1; echo 1000 >/proc/self/oom_score_adj; "
    'held=$(dd if=/dev/zero bs={size} count=1 2>/dev/null | {{ head -c 1 | tr "\\0" 1; '
    'exec sleep {seconds} >/dev/null 2>&1; }} & ); test "$held" = 1 && echo {held}'
)


@dataclass(frozen=True, slots=True)
class MemoryHog:
    """A service in which a process holds memory that it does not need.

    Attributes:
        spec: The fault as it was requested.
        service: The service.
        percent: The share of the service's limit that is in use then, in percent.
    """

    spec: FaultSpec
    service: Service
    percent: int

    def inject(self, engine: RunningStack) -> None:
        """Start a process inside that takes what is missing to the share, and holds it.

        Raises:
            FaultError: The service has no limit, already uses as much, or would have too little left; the machine
                cannot spare the memory; or the process did not get it.
        """
        limit_bytes = require_memory_limit(engine, self.spec, self.service, "percent is a share of the limit")
        self._release(engine)
        size = self.taken_bytes(limit_bytes, read_counters(engine, self.service.name))
        try:
            engine.exec(
                self.service.name,
                ("sh", "-c", _TAKE.format(mark=_MARK, size=size, seconds=_HELD_S, held=_HELD)),
            )
        except EngineError as error:
            self._release(engine)
            raise FaultError(
                f"fault '{self.spec}': expected a process inside {self.service.name!r} to take {size // MIB} MiB, "
                f"but: {error.message}",
                fix="check that its image has sh, dd, head, tr and sleep, or choose a smaller percent",
            ) from error

    def taken_bytes(self, limit_bytes: int, used: KernelCounters) -> int:
        """How much to take in addition to what is in use.

        Raises:
            FaultError: There is nothing to take, too little would be left, or the machine cannot spare it.
        """
        wanted = limit_bytes * self.percent // 100
        size = wanted - used.memory_kept_bytes
        if size <= 0:
            raise FaultError(
                f"fault '{self.spec}': expected {self.service.name!r} to use less than {self.percent} % of its "
                f"{limit_bytes // MIB} MiB, it uses {used.memory_kept_bytes / MIB:.1f} MiB",
                fix="choose a larger percent",
            )
        if limit_bytes - wanted < HEADROOM_BYTES:
            raise FaultError(
                f"fault '{self.spec}': expected {HEADROOM_BYTES // MIB} of {limit_bytes // MIB} MiB to be left for "
                f"{self.service.name!r}: with less, its health checks would get it killed",
                fix=f"choose percent={max(0, limit_bytes - HEADROOM_BYTES) * 100 // limit_bytes} or less, "
                "or the fault oom",
            )
        if not used.has_spare(size):
            raise FaultError(
                f"fault '{self.spec}': expected twice the {size // MIB} MiB that it takes to be free on this machine, "
                f"saw {used.memory_available_bytes // MIB} MiB",
                fix="choose a smaller percent, or lower the service's mem_limit",
            )
        return size

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the kernel, without disturbing the service, how much memory is in use."""
        limit_bytes = engine.limits(self.service.name).memory_bytes
        if limit_bytes is None:
            return Evidence.unavailable(f"{self.service.name!r} has no limit on its memory")
        try:
            return self.judge(limit_bytes, read_counters(engine, self.service.name))
        except EngineError as error:
            return Evidence.unavailable(error.message)

    def judge(self, limit_bytes: int, used: KernelCounters) -> Evidence:
        """Confirmed if the kernel counts about as much as requested, not including what it can reclaim."""
        seen_percent = used.memory_kept_bytes * 100 / limit_bytes
        return Evidence(
            confirmed=seen_percent >= self.percent - _TOLERANCE_PERCENT,
            observed=f"the kernel counts {used.memory_kept_bytes / MIB:.1f} MiB in use that it cannot reclaim, "
            f"{seen_percent:.0f} % of {limit_bytes // MIB} MiB",
        )

    def heal(self, engine: RunningStack) -> None:
        """Kill the process; if the service has ended, it is gone already."""
        self._release(engine)

    def _release(self, engine: RunningStack) -> None:
        if is_up(engine, self.service.name):
            place = Place(self.service.name, shares=Shares.PROCESSES, capabilities=_CAPABILITIES)
            engine.run_helper(place, ("python3", "/opt/stackproof/release.py", _MARK))


def _bind(spec: FaultSpec, service: Service) -> MemoryHog:
    return MemoryHog(spec, service, _PERCENT.read(spec))


KIND = fault_kind(
    "memory_hog",
    SERVICE,
    "Most of the memory that the service may use is in use.",
    (_PERCENT,),
    _bind,
    Capability.HELPERS,
)
