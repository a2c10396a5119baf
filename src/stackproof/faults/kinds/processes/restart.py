"""``restart``: a service is stopped in good order and started again at once."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from stackproof.engine.port import RunningStack
from stackproof.faults.fault import ServiceFault
from stackproof.faults.kinds.processes.terminate import GRACE_S
from stackproof.faults.means.ending import bring_back
from stackproof.model import ContainerState, Evidence, FaultSpec, Service

_LOOKS = 3  # the quickest look is the sharpest: a busy machine may stall one of them
_NEVER = "0001-"  # the engine's word for a moment that has not come


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a service's present run.

    Attributes:
        state: The engine's word on the container.
        up_s: Age of its present run on the engine's own clock, in seconds; None where it never ran.
        asked_s: Age of the fault, by the harness's monotonic clock, in seconds: since it was bound to its target, which
            is before it was injected.
    """

    state: ContainerState
    up_s: float | None
    asked_s: float

    @property
    def lead_s(self) -> float:
        """By how much the present run is younger than the fault, at least; in seconds."""
        return float("-inf") if self.up_s is None else self.asked_s - self.up_s


@dataclass(frozen=True, slots=True)
class Restart:
    """A service that was stopped and started.

    Attributes:
        service: The service.
        grace_s: Until it is killed where it has not ended, in seconds.
        bound_s: When the fault was bound to its target, on the monotonic clock of this process.
    """

    service: Service
    grace_s: int
    bound_s: float = field(default_factory=time.monotonic, compare=False)

    def inject(self, engine: RunningStack) -> None:
        """Stop it and start it; whether it gets ready is for a readiness probe to say."""
        engine.stop(self.service.name, self.grace_s)
        bring_back(engine, self.service.name)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine how old the service's present run is.

        Two durations are compared, each of one clock, since the engine's clock and the harness's may differ.
        """
        return self.judge(max((self._look(engine) for _ in range(_LOOKS)), key=lambda look: look.lead_s))

    def judge(self, look: Look) -> Evidence:
        """The present run must be younger than the fault."""
        age = "never ran" if look.up_s is None else f"has run for {look.up_s:.3f} s"
        if look.state.exit_code is not None and look.up_s is not None:
            age = f"was started {look.up_s:.3f} s ago and ended with code {look.state.exit_code}"
        return Evidence(
            confirmed=look.lead_s > 0,
            observed=f"the engine says {look.state.status}, and that it {age}; "
            f"the fault was asked for {look.asked_s:.3f} s ago",
        )

    def heal(self, engine: RunningStack) -> None:
        """See that it runs."""
        bring_back(engine, self.service.name)

    def _look(self, engine: RunningStack) -> Look:
        """The age of the fault is taken before that of the run: what passes between them never counts for a bite."""
        asked_s = time.monotonic() - self.bound_s
        state = engine.state(self.service.name)
        return Look(state, _up_s(state, engine), asked_s)


def _up_s(state: ContainerState, engine: RunningStack) -> float | None:
    if not state.started_at or state.started_at.startswith(_NEVER):
        return None
    return engine.now_s() - datetime.fromisoformat(state.started_at).timestamp()


def _bind(spec: FaultSpec, service: Service) -> Restart:
    return Restart(service, GRACE_S.read(spec))


KIND = ServiceFault("restart", "The service is stopped in good order and started again at once.", (GRACE_S,), _bind)
