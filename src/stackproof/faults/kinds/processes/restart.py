"""``restart``: a service is stopped gracefully and started again at once."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from stackproof.engine.port import RunningStack
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.kinds.processes.terminate import GRACE_S
from stackproof.faults.means.run_state import ensure_running
from stackproof.faults.targets import SERVICE
from stackproof.model import ContainerState, Evidence, FaultSpec, Service

_OBSERVATIONS = 3  # a busy machine may delay some of them; the fastest is the most precise
_NEVER = "0001-"  # how the engine writes a time that has not come


@dataclass(frozen=True, slots=True)
class RunAge:
    """The age of a service's current run, compared with that of the fault.

    Attributes:
        state: What the engine reports of the container.
        up_s: Age of its current run by the engine's clock, in seconds; None if it never ran.
        fault_s: Age of the fault by the harness's monotonic clock, in seconds: since it was bound to its target, which
            is before it was injected.
    """

    state: ContainerState
    up_s: float | None
    fault_s: float

    @property
    def lead_s(self) -> float:
        """By how much the current run is younger than the fault, at least; in seconds."""
        return float("-inf") if self.up_s is None else self.fault_s - self.up_s


@dataclass(frozen=True, slots=True)
class Restart:
    """A service that was stopped and started.

    Attributes:
        service: The service.
        grace_s: Time to end before it is killed, in seconds.
        bound_s: When the fault was bound to its target, on the monotonic clock of this process.
    """

    service: Service
    grace_s: int
    bound_s: float = field(default_factory=time.monotonic, compare=False)

    def inject(self, engine: RunningStack) -> None:
        """Stop it and start it. Whether it becomes ready is for a readiness probe to show."""
        engine.stop(self.service.name, self.grace_s)
        ensure_running(engine, self.service.name)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine for the age of the service's current run.

        Compares two durations, each measured by one clock, since the clocks of engine and harness may differ.
        """
        return self.judge(max((self._observe(engine) for _ in range(_OBSERVATIONS)), key=lambda age: age.lead_s))

    def judge(self, age: RunAge) -> Evidence:
        """Confirmed if the current run is younger than the fault."""
        run = "that it never ran" if age.up_s is None else f"that it has run for {age.up_s:.3f} s"
        if age.state.exit_code is not None and age.up_s is not None:
            run = f"that it was started {age.up_s:.3f} s ago and ended with code {age.state.exit_code}"
        return Evidence(
            confirmed=age.lead_s > 0,
            observed=f"the engine reports {age.state.status}, and {run}; "
            f"the fault was requested {age.fault_s:.3f} s ago",
        )

    def heal(self, engine: RunningStack) -> None:
        """Make sure that it runs."""
        ensure_running(engine, self.service.name)

    def _observe(self, engine: RunningStack) -> RunAge:
        """The fault's age is taken before that of the run: the time in between never makes a restart look real."""
        fault_s = time.monotonic() - self.bound_s
        state = engine.state(self.service.name)
        return RunAge(state, _up_s(state, engine), fault_s)


def _up_s(state: ContainerState, engine: RunningStack) -> float | None:
    if not state.started_at or state.started_at.startswith(_NEVER):
        return None
    return engine.now_s() - datetime.fromisoformat(state.started_at).timestamp()


def _bind(spec: FaultSpec, service: Service) -> Restart:
    return Restart(service, GRACE_S.read(spec))


KIND = fault_kind("restart", SERVICE, "The service is stopped gracefully and started again at once.", (GRACE_S,), _bind)
