"""``terminate``: a service is asked to end, and is given a grace to do so."""

from dataclasses import dataclass, replace

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.comparison import asked_directly
from stackproof.faults.evidence.conversation import Conversation
from stackproof.faults.fault import ServiceFault
from stackproof.faults.means.ending import awaited_end, bring_back, judged_ended
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import ContainerState, Evidence, FaultSpec, Service

GRACE_S = IntegerParameter("grace_s", "until it is killed where it has not ended", "seconds", 1, 300, default=10)
"""Stopping in good order has it wherever a fault does it."""

_KILLED = 128 + 9  # how a shell, and an engine after it, writes an end by SIGKILL


@dataclass(frozen=True, slots=True)
class Terminate:
    """A service that was asked to end.

    Attributes:
        service: The service.
        grace_s: Until it is killed where it has not ended, in seconds.
    """

    service: Service
    grace_s: int

    def inject(self, engine: RunningStack) -> None:
        """Ask it to end, and wait until it has, or the grace is over."""
        engine.stop(self.service.name, self.grace_s)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine whether it runs, and the service itself whether it answers."""
        state = awaited_end(engine, self.service.name)
        return self.judge(state, asked_directly(engine, self.service))

    def judge(self, state: ContainerState, seen: tuple[Conversation, ...]) -> Evidence:
        """The engine must say that it ended, whichever way, and no port of it may answer."""
        evidence = judged_ended(state, seen)
        if state.exit_code != _KILLED:
            return evidence
        return replace(
            evidence, observed=f"{evidence.observed}; {_KILLED} is an end by SIGKILL: it did not end by itself in time"
        )

    def heal(self, engine: RunningStack) -> None:
        """Start it again."""
        bring_back(engine, self.service.name)


def _bind(spec: FaultSpec, service: Service) -> Terminate:
    return Terminate(service, GRACE_S.read(spec))


KIND = ServiceFault(
    "terminate", "The service gets its stop signal and a grace to end, and is not started again.", (GRACE_S,), _bind
)
