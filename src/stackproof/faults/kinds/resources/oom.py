"""``oom``: memory runs out, and the kernel kills the service for it."""

import time
from dataclasses import dataclass

from stackproof.engine.port import Capability, Place, RunningStack, Shares
from stackproof.faults.evidence.comparison import asked_directly
from stackproof.faults.evidence.conversation import Conversation
from stackproof.faults.evidence.counters import MIB, SPARE_SHARE, Counters, counters
from stackproof.faults.fault import ServiceFault
from stackproof.model import ContainerState, ContainerStatus, EngineError, Evidence, FaultError, FaultSpec, Service

_ENDED = frozenset({ContainerStatus.EXITED, ContainerStatus.DEAD})
_PROGRAM = "/opt/stackproof/victim.py"
_FIRST_TO_GO, _AS_OTHERS = "1000", "0"
_ROUNDS = (1, 2)  # where there is swap, an engine lets a container have as much of it as of memory
_TAKEN_WITHIN_S = 60.0
_ENDED_WITHIN_S = 3.0
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Oom:
    """A service that is killed because its memory ran out.

    Attributes:
        spec: The fault as it was asked for.
        service: The service.
    """

    spec: FaultSpec
    service: Service

    def inject(self, engine: RunningStack) -> None:
        """Take what the service may use, until the kernel kills its first process.

        Raises:
            FaultError: It has no limit, the machine has too little to spare, or it lives on.
        """
        limit_bytes = self._limit_bytes(engine)
        self._refuse_to_crowd(limit_bytes, counters(engine, self.service.name))
        engine.suspend_restart(self.service.name)
        self._aim(engine, _FIRST_TO_GO)
        for times in _ROUNDS:
            said = self._take(engine, times * limit_bytes)
            if self._has_ended(engine):
                return
        raise FaultError(
            f"fault '{self.spec}': expected the kernel to kill {self.service.name!r} once {_ROUNDS[-1]} times the "
            f"{limit_bytes // MIB} MiB that it may use were asked for inside it, it lives on: {said}",
            fix="see that its image has dd, and that its declaration gives it no swap without an end",
        )

    def _limit_bytes(self, engine: RunningStack) -> int:
        limit_bytes = engine.limits(self.service.name).memory_bytes
        if limit_bytes is None:
            raise FaultError(
                f"fault '{self.spec}': expected a limit on the memory of {self.service.name!r}, its declaration has "
                "none: it would be the machine's memory that runs out",
                fix="add mem_limit to the service, such as mem_limit: 256m",
            )
        return limit_bytes

    def _refuse_to_crowd(self, limit_bytes: int, used: Counters) -> None:
        if limit_bytes > used.memory_available_bytes * SPARE_SHARE:
            raise FaultError(
                f"fault '{self.spec}': expected twice the {limit_bytes // MIB} MiB that {self.service.name!r} may use "
                f"to be free on this machine, saw {used.memory_available_bytes // MIB} MiB",
                fix="lower the service's mem_limit",
            )

    def _aim(self, engine: RunningStack, score: str) -> None:
        place = Place(self.service.name, shares=Shares.PROCESSES, capabilities=("SYS_PTRACE", "DAC_OVERRIDE"))
        engine.run_helper(place, ("python3", _PROGRAM, score))

    def _declared_score(self, engine: RunningStack) -> str:
        """What a process that the engine starts inside gets."""
        try:
            return engine.exec(self.service.name, ("cat", "/proc/self/oom_score_adj")).strip()
        except EngineError:
            return _AS_OTHERS

    def _take(self, engine: RunningStack, size_bytes: int) -> str:
        """Ask for memory inside the service; what came of it is for the engine to say, since it may take us along."""
        try:
            engine.exec(
                self.service.name,
                ("dd", "if=/dev/zero", "of=/dev/null", f"bs={size_bytes}", "count=1"),
                _TAKEN_WITHIN_S,
            )
        except EngineError as error:
            return error.message
        return "it was given them"

    def _has_ended(self, engine: RunningStack) -> bool:
        """Whether it has ended, or does in a moment."""
        deadline = time.monotonic() + _ENDED_WITHIN_S
        while engine.state(self.service.name).status not in _ENDED:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine why it ended, and the service itself whether it answers."""
        return self.judge(engine.state(self.service.name), asked_directly(engine, self.service))

    def judge(self, state: ContainerState, seen: tuple[Conversation, ...]) -> Evidence:
        """The engine must say that it ended for want of memory, and no port of it may answer."""
        code = "" if state.exit_code is None else f" with code {state.exit_code}"
        why = "one of its processes was killed" if state.oom_killed else "nothing of it was killed"
        return Evidence(
            confirmed=state.status in _ENDED and state.oom_killed and not any(each.is_answered for each in seen),
            observed=f"the engine says {state.status}{code}, and that {why} for want of memory; asked directly: "
            f"{'; '.join(map(str, seen)) or 'no port'}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Start it again; if it never ended, let it be no more likely to be killed than others."""
        if engine.state(self.service.name).status.is_up:
            self._aim(engine, self._declared_score(engine))
        engine.restore_restart(self.service.name)
        engine.start(self.service.name)


def _bind(spec: FaultSpec, service: Service) -> Oom:
    return Oom(spec, service)


KIND = ServiceFault(
    "oom",
    "The service's memory runs out, and the kernel kills it.",
    (),
    _bind,
    needs=(Capability.HELPERS, Capability.RESTART_CONTROL),
)
