"""``oom``: memory runs out, and the kernel kills the service."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, Place, RunningStack, Shares
from stackproof.faults.evidence.client_view import ClientView
from stackproof.faults.evidence.kernel_counters import MIB, KernelCounters, read_counters
from stackproof.faults.evidence.port_requests import ask_directly, described
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.memory_limit import require_memory_limit
from stackproof.faults.means.run_state import is_up
from stackproof.faults.targets import SERVICE
from stackproof.machine.waiting import wait_until
from stackproof.model import ContainerState, ContainerStatus, EngineError, Evidence, FaultError, FaultSpec, Service

_ENDED = frozenset({ContainerStatus.EXITED, ContainerStatus.DEAD})
_PROGRAM = "/opt/stackproof/victim.py"
_FIRST_TO_GO, _DEFAULT_SCORE = "1000", "0"
_ROUNDS = (1, 2)  # with swap, an engine may let a container have as much of it as of memory
_TAKEN_WITHIN_S = 60.0
_ENDED_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Oom:
    """A service that is killed because its memory ran out.

    Attributes:
        spec: The fault as it was requested.
        service: The service.
    """

    spec: FaultSpec
    service: Service

    def inject(self, engine: RunningStack) -> None:
        """Take all the memory that it may use, until the kernel kills its main process.

        Raises:
            FaultError: It has no limit, the machine cannot spare the memory, or it survives.
        """
        limit_bytes = require_memory_limit(
            engine, self.spec, self.service, "the memory that runs out would be the machine's"
        )
        self._refuse_to_crowd(limit_bytes, read_counters(engine, self.service.name))
        engine.suspend_restart(self.service.name)
        self._set_score(engine, _FIRST_TO_GO)
        for times in _ROUNDS:
            outcome = self._take(engine, times * limit_bytes)
            if self._has_ended(engine):
                return
        raise FaultError(
            f"fault '{self.spec}': expected the kernel to kill {self.service.name!r} once {_ROUNDS[-1]} times its "
            f"{limit_bytes // MIB} MiB were requested inside it, it survived: {outcome}",
            fix="check that its image has dd, and that its swap is limited",
        )

    def _refuse_to_crowd(self, limit_bytes: int, used: KernelCounters) -> None:
        if not used.has_spare(limit_bytes):
            raise FaultError(
                f"fault '{self.spec}': expected twice the {limit_bytes // MIB} MiB that {self.service.name!r} may use "
                f"to be free on this machine, saw {used.memory_available_bytes // MIB} MiB",
                fix="lower the service's mem_limit",
            )

    def _set_score(self, engine: RunningStack, score: str) -> None:
        place = Place(self.service.name, shares=Shares.PROCESSES, capabilities=("SYS_PTRACE", "DAC_OVERRIDE"))
        engine.run_helper(place, ("python3", _PROGRAM, score))

    def _declared_score(self, engine: RunningStack) -> str:
        """The score of a process that the engine starts inside."""
        try:
            return engine.exec(self.service.name, ("cat", "/proc/self/oom_score_adj")).strip()
        except EngineError:
            return _DEFAULT_SCORE

    def _take(self, engine: RunningStack, size_bytes: int) -> str:
        """Request memory inside the service. An error decides nothing: the kernel may kill this process, too."""
        try:
            engine.exec(
                self.service.name,
                ("dd", "if=/dev/zero", "of=/dev/null", f"bs={size_bytes}", "count=1"),
                _TAKEN_WITHIN_S,
            )
        except EngineError as error:
            return error.message
        return "the request was granted"

    def _has_ended(self, engine: RunningStack) -> bool:
        """True if it has ended, or ends within a moment."""
        return wait_until(
            lambda: engine.state(self.service.name), lambda state: state.status in _ENDED, within_s=_ENDED_WITHIN_S
        ).in_time

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine why it ended, and the service itself whether it answers."""
        return self.judge(engine.state(self.service.name), ask_directly(engine, self.service))

    def judge(self, state: ContainerState, views: tuple[ClientView, ...]) -> Evidence:
        """Confirmed if the engine reports that it ended for lack of memory, and none of its ports answers."""
        code = "" if state.exit_code is None else f" with code {state.exit_code}"
        why = "one of its processes was killed" if state.oom_killed else "none of its processes was killed"
        return Evidence(
            confirmed=state.status in _ENDED and state.oom_killed and not any(each.is_answered for each in views),
            observed=f"the engine reports {state.status}{code}, and that {why} for lack of memory; asked directly: "
            f"{described(views)}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Start it again. If it never ended, make it no more likely to be killed than declared."""
        if is_up(engine, self.service.name):
            self._set_score(engine, self._declared_score(engine))
        engine.restore_restart(self.service.name)
        engine.start(self.service.name)


def _bind(spec: FaultSpec, service: Service) -> Oom:
    return Oom(spec, service)


KIND = fault_kind(
    "oom",
    SERVICE,
    "The service's memory runs out, and the kernel kills it.",
    (),
    _bind,
    Capability.HELPERS,
    Capability.RESTART_CONTROL,
)
