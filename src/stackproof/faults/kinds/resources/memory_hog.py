"""``memory_hog``: most of what a service may use of memory is in use."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, Place, RunningStack, Shares
from stackproof.faults.evidence.counters import MIB, ROOM_BYTES, SPARE_SHARE, Counters, counters
from stackproof.faults.fault import ServiceFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_PERCENT = IntegerParameter("percent", "what is in use of the memory that the service may use", "%", 1, 99)
_TOLERANCE_PERCENT = 2
_HELD_S = 3600
_MARK = "STACKPROOF_MEMORY_HOG"
_HELD = "held"
_CAPABILITIES = ("DAC_READ_SEARCH", "KILL", "SYS_PTRACE")
# dd has read all of it before it writes, and then waits for somebody who reads one byte and sleeps. Where memory runs
# out, it is the first that the kernel ends. Nothing that stays has the output that the shell waits for.
_TAKE = (
    "export {mark}=1; echo 1000 >/proc/self/oom_score_adj; "
    'held=$(dd if=/dev/zero bs={size} count=1 2>/dev/null | {{ head -c 1 | tr "\\0" 1; '
    'exec sleep {seconds} >/dev/null 2>&1; }} & ); test "$held" = 1 && echo {held}'
)


@dataclass(frozen=True, slots=True)
class MemoryHog:
    """A service in which a process holds memory that it has no use for.

    Attributes:
        spec: The fault as it was asked for.
        service: The service.
        percent: What is in use then of what the service may use.
    """

    spec: FaultSpec
    service: Service
    percent: int

    def inject(self, engine: RunningStack) -> None:
        """Start a process inside that takes what is missing, and keeps it.

        Raises:
            FaultError: The service has no limit, already uses as much, or would be left too little to live; the
                machine has too little to spare; or the memory was not to be had.
        """
        limit_bytes = self._limit_bytes(engine)
        self._release(engine)
        used = counters(engine, self.service.name)
        size = self.taken_bytes(limit_bytes, used)
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
                fix="see that its image has sh, dd, head, tr and sleep, or ask for a smaller percent",
            ) from error

    def _limit_bytes(self, engine: RunningStack) -> int:
        limit_bytes = engine.limits(self.service.name).memory_bytes
        if limit_bytes is None:
            raise FaultError(
                f"fault '{self.spec}': expected a limit on the memory of {self.service.name!r}, its declaration has "
                "none, so that nothing is a share of it",
                fix="add mem_limit to the service, such as mem_limit: 256m",
            )
        return limit_bytes

    def taken_bytes(self, limit_bytes: int, used: Counters) -> int:
        """How much is taken beside what is in use.

        Raises:
            FaultError: There is nothing to take, too little would be left, or the machine has too little to spare.
        """
        wanted = limit_bytes * self.percent // 100
        size = wanted - used.memory_kept_bytes
        if size <= 0:
            raise FaultError(
                f"fault '{self.spec}': expected {self.service.name!r} to use less than {self.percent} % of its "
                f"{limit_bytes // MIB} MiB, it uses {used.memory_kept_bytes / MIB:.1f} MiB",
                fix="ask for a larger percent",
            )
        if limit_bytes - wanted < ROOM_BYTES:
            raise FaultError(
                f"fault '{self.spec}': expected {ROOM_BYTES // MIB} MiB of {limit_bytes // MIB} MiB to be left to "
                f"{self.service.name!r}, since its health checks would get it killed with less",
                fix=f"ask for percent={max(0, limit_bytes - ROOM_BYTES) * 100 // limit_bytes} or less, or for an oom",
            )
        if size > used.memory_available_bytes * SPARE_SHARE:
            raise FaultError(
                f"fault '{self.spec}': expected twice the {size // MIB} MiB that it takes to be free on this machine, "
                f"saw {used.memory_available_bytes // MIB} MiB",
                fix="ask for a smaller percent, or lower the service's mem_limit",
            )
        return size

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the kernel, beside the service, what is in use."""
        limit_bytes = engine.limits(self.service.name).memory_bytes
        if limit_bytes is None:
            return Evidence(
                confirmed=False, observed=f"no way to see it: {self.service.name!r} has no limit on its memory"
            )
        try:
            return self.judge(limit_bytes, counters(engine, self.service.name))
        except EngineError as error:
            return Evidence(confirmed=False, observed=f"no way to see it: {error.message}")

    def judge(self, limit_bytes: int, used: Counters) -> Evidence:
        """The kernel must count about as much as was asked for, and not for files that it can give up."""
        seen_percent = used.memory_kept_bytes * 100 / limit_bytes
        return Evidence(
            confirmed=seen_percent >= self.percent - _TOLERANCE_PERCENT,
            observed=f"the kernel counts {used.memory_kept_bytes / MIB:.1f} MiB in use that it cannot take back, "
            f"{seen_percent:.0f} % of {limit_bytes // MIB} MiB",
        )

    def heal(self, engine: RunningStack) -> None:
        """End the process; that of a service that ended is gone with it."""
        self._release(engine)

    def _release(self, engine: RunningStack) -> None:
        if engine.state(self.service.name).status.is_up:
            place = Place(self.service.name, shares=Shares.PROCESSES, capabilities=_CAPABILITIES)
            engine.run_helper(place, ("python3", "/opt/stackproof/release.py", _MARK))


def _bind(spec: FaultSpec, service: Service) -> MemoryHog:
    return MemoryHog(spec, service, _PERCENT.read(spec))


KIND = ServiceFault(
    "memory_hog", "Most of the service's memory is in use.", (_PERCENT,), _bind, needs=(Capability.HELPERS,)
)
