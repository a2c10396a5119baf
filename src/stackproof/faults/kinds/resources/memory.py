"""``memory``: a service may use less memory."""

from dataclasses import dataclass, replace

from stackproof.engine.port import Capability, Limits, RunningStack
from stackproof.faults.evidence.kernel_counters import HEADROOM_BYTES, MIB, KernelCounters, read_counters
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_LIMIT_MB = IntegerParameter("limit_mb", "how much memory the service may use", "MiB", 6, 65_536)
_KILLED = "137"  # 128 + SIGKILL, by the convention of shells
_DONE = "0"
_MARGIN_BYTES = 16 * MIB
# The process that takes the memory is the first that the kernel kills when memory runs out.
_TAKE = (
    "(echo 1000 >/proc/self/oom_score_adj && exec dd if=/dev/zero of=/dev/null bs={size} count=1) 2>/dev/null; echo $?"
)


@dataclass(frozen=True, slots=True)
class Memory:
    """A service that is short of memory.

    Attributes:
        spec: The fault as it was requested.
        service: The service.
        limit_mb: How much memory it may use, in MiB.
    """

    spec: FaultSpec
    service: Service
    limit_mb: int

    @property
    def limit_bytes(self) -> int:
        """How much memory it may use, in bytes."""
        return self.limit_mb * MIB

    def inject(self, engine: RunningStack) -> None:
        """Lower its limit, unless the kernel would then kill what runs.

        Raises:
            FaultError: The declared limit is not larger than that, or the service uses too much now.
        """
        name = self.service.name
        declared = engine.declared_limits(name).memory_bytes
        if declared is not None and declared <= self.limit_bytes:
            raise FaultError(
                f"fault '{self.spec}': expected less than the {declared // MIB} MiB that are declared for {name!r}, "
                f"saw {self.limit_mb} MiB",
                fix="choose a smaller limit_mb",
            )
        used = read_counters(engine, name)
        if used.memory_kept_bytes + HEADROOM_BYTES > self.limit_bytes:
            raise self._refused(used)
        try:
            engine.limit(name, replace(engine.limits(name), memory_bytes=self.limit_bytes))
        except EngineError as error:  # it has taken more since, or the kernel cannot reclaim enough
            raise self._refused(read_counters(engine, name)) from error

    def _refused(self, used: KernelCounters) -> FaultError:
        return FaultError(
            f"fault '{self.spec}': expected {HEADROOM_BYTES // MIB} MiB more than {self.service.name!r} uses, which is "
            f"{used.memory_kept_bytes / MIB:.1f} MiB and {used.memory_cached_bytes / MIB:.1f} MiB of cached files, "
            f"saw {self.limit_mb} MiB: with less, its health checks would get it killed, and no kernel reclaims memory "
            "that is in use",
            fix=f"choose limit_mb={(used.memory_kept_bytes + HEADROOM_BYTES) // MIB + 1} or more",
        )

    def evidence(self, engine: RunningStack) -> Evidence:
        """Exceed the limit inside the service, in a process that the kernel kills rather than the service."""
        name = self.service.name
        try:
            before = read_counters(engine, name)
            size = self.taken_bytes(before, engine.declared_limits(name))
            if not before.has_spare(size):
                return Evidence.unavailable(f"this machine cannot spare {size // MIB} MiB")
            exit_code = engine.exec(name, ("sh", "-c", _TAKE.format(size=size)))
            return self.judge(before, read_counters(engine, name), size, exit_code.strip())
        except EngineError as error:
            return Evidence.unavailable(f"no command can be run inside {name!r}: {error}")

    def taken_bytes(self, used: KernelCounters, declared: Limits) -> int:
        """How much to take, so that it exceeds the limit but not the declared one."""
        too_much = max(0, self.limit_bytes - used.memory_kept_bytes)
        if declared.memory_bytes is None:
            return too_much + _MARGIN_BYTES
        fitting = max(too_much, declared.memory_bytes - used.memory_kept_bytes)
        return too_much + min(_MARGIN_BYTES, (fitting - too_much) // 2)

    def judge(self, before: KernelCounters, after: KernelCounters, size: int, exit_code: str) -> Evidence:
        """Confirmed if the process was killed, and the kernel counts one more process killed for lack of memory."""
        kills = after.oom_kills - before.oom_kills
        outcome = {_KILLED: "was killed", _DONE: "got them"}.get(exit_code, f"ended with {exit_code!r}")
        return Evidence(
            confirmed=exit_code == _KILLED and kills > 0,
            observed=f"with {before.memory_kept_bytes / MIB:.1f} MiB in use, a process inside the service that "
            f"requested {size / MIB:.1f} MiB {outcome}; in the meantime the kernel killed {kills} for lack of memory",
        )

    def heal(self, engine: RunningStack) -> None:
        """Restore its declared limit."""
        name = self.service.name
        declared = engine.declared_limits(name).memory_bytes
        engine.limit(name, replace(engine.limits(name), memory_bytes=declared))


def _bind(spec: FaultSpec, service: Service) -> Memory:
    return Memory(spec, service, _LIMIT_MB.read(spec))


KIND = fault_kind(
    "memory",
    SERVICE,
    "The service may use less memory.",
    (_LIMIT_MB,),
    _bind,
    Capability.HELPERS,
    Capability.LIMIT_CHANGES,
)
