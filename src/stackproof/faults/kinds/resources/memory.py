"""``memory``: a service may use less memory."""

from dataclasses import dataclass, replace

from stackproof.engine.port import Capability, Limits, RunningStack
from stackproof.faults.evidence.counters import MIB, ROOM_BYTES, SPARE_SHARE, Counters, counters
from stackproof.faults.fault import ServiceFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_LIMIT_MB = IntegerParameter("limit_mb", "what the service may use of memory", "MiB", 6, 65_536)
_KILLED = "137"  # 128 + SIGKILL, as a shell tells it
_DONE = "0"
_MARGIN_BYTES = 16 * MIB
# The process that takes the memory is the one that the kernel ends first where it runs out.
_TAKE = (
    "(echo 1000 >/proc/self/oom_score_adj && exec dd if=/dev/zero of=/dev/null bs={size} count=1) 2>/dev/null; echo $?"
)


@dataclass(frozen=True, slots=True)
class Memory:
    """A service that is short of memory.

    Attributes:
        spec: The fault as it was asked for.
        service: The service.
        limit_mb: What it may use, in MiB.
    """

    spec: FaultSpec
    service: Service
    limit_mb: int

    @property
    def limit_bytes(self) -> int:
        """The same in bytes."""
        return self.limit_mb * MIB

    def inject(self, engine: RunningStack) -> None:
        """Lower its limit, unless that would have the kernel kill what runs.

        Raises:
            FaultError: It may use no more than that as declared, or uses more now.
        """
        name = self.service.name
        declared = engine.declared_limits(name).memory_bytes
        if declared is not None and declared <= self.limit_bytes:
            raise FaultError(
                f"fault '{self.spec}': expected less than the {declared // MIB} MiB that {name!r} may use by its "
                f"declaration, saw {self.limit_mb} MiB",
                fix="ask for a smaller limit_mb",
            )
        used = counters(engine, name)
        if used.memory_kept_bytes + ROOM_BYTES > self.limit_bytes:
            raise self._refused(used)
        try:
            engine.limit(name, replace(engine.limits(name), memory_bytes=self.limit_bytes))
        except EngineError as error:  # it has taken more meanwhile, or the kernel finds nothing to give up
            raise self._refused(counters(engine, name)) from error

    def _refused(self, used: Counters) -> FaultError:
        return FaultError(
            f"fault '{self.spec}': expected {ROOM_BYTES // MIB} MiB more than {self.service.name!r} uses, which is "
            f"{used.memory_kept_bytes / MIB:.1f} MiB and {used.memory_cached_bytes / MIB:.1f} MiB cached of files, "
            f"saw {self.limit_mb} MiB: with less its health checks would get it killed, and what is in use no kernel "
            "takes away",
            fix=f"ask for limit_mb={(used.memory_kept_bytes + ROOM_BYTES) // MIB + 1} or more",
        )

    def evidence(self, engine: RunningStack) -> Evidence:
        """Take more than the limit inside the service, in a process that the kernel kills rather than the service."""
        name = self.service.name
        try:
            before = counters(engine, name)
            size = self.taken_bytes(before, engine.declared_limits(name))
            if size > before.memory_available_bytes * SPARE_SHARE:
                return Evidence(
                    confirmed=False, observed=f"no way to see it: this machine has no {size // MIB} MiB to spare"
                )
            ended = engine.exec(name, ("sh", "-c", _TAKE.format(size=size)))
            return self.judge(before, counters(engine, name), size, ended.strip())
        except EngineError as error:
            return Evidence(confirmed=False, observed=f"no way to see it: nothing can be run inside {name!r}: {error}")

    def taken_bytes(self, used: Counters, declared: Limits) -> int:
        """How much to take, so that it is too much by the limit and fits what is declared."""
        too_much = max(0, self.limit_bytes - used.memory_kept_bytes)
        if declared.memory_bytes is None:
            return too_much + _MARGIN_BYTES
        fitting = max(too_much, declared.memory_bytes - used.memory_kept_bytes)
        return too_much + min(_MARGIN_BYTES, (fitting - too_much) // 2)

    def judge(self, before: Counters, after: Counters, size: int, ended: str) -> Evidence:
        """Whoever takes too much must be killed, and the kernel must count it as done for want of memory."""
        kills = after.oom_kills - before.oom_kills
        words = {_KILLED: "was killed", _DONE: "was given them"}.get(ended, f"ended with {ended!r}")
        return Evidence(
            confirmed=ended == _KILLED and kills > 0,
            observed=f"beside {before.memory_kept_bytes / MIB:.1f} MiB in use, a process inside the service that asked "
            f"for {size / MIB:.1f} MiB {words}; the kernel counts {kills} killed for want of memory meanwhile",
        )

    def heal(self, engine: RunningStack) -> None:
        """Let it use what is declared."""
        name = self.service.name
        declared = engine.declared_limits(name).memory_bytes
        engine.limit(name, replace(engine.limits(name), memory_bytes=declared))


def _bind(spec: FaultSpec, service: Service) -> Memory:
    return Memory(spec, service, _LIMIT_MB.read(spec))


KIND = ServiceFault(
    "memory",
    "The service may use less memory.",
    (_LIMIT_MB,),
    _bind,
    needs=(Capability.HELPERS, Capability.LIMIT_CHANGES),
)
