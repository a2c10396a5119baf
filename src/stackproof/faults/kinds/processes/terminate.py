"""``terminate``: a service gets its stop signal, and time to end."""

from dataclasses import dataclass, replace

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.client_view import ClientView
from stackproof.faults.evidence.port_requests import ask_directly
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.run_state import ended_evidence, ensure_running, wait_for_end
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE
from stackproof.model import ContainerState, Evidence, FaultSpec, Service

GRACE_S = IntegerParameter("grace_s", "time to end before it is killed", "seconds", 1, 300, default=10)
"""The parameter of every fault that stops a service gracefully."""

_KILLED = 128 + 9  # the exit code after SIGKILL, by the convention of shells


@dataclass(frozen=True, slots=True)
class Terminate:
    """A service that was asked to end.

    Attributes:
        service: The service.
        grace_s: Time to end before it is killed, in seconds.
    """

    service: Service
    grace_s: int

    def inject(self, engine: RunningStack) -> None:
        """Ask it to end, and wait until it has ended or was killed."""
        engine.stop(self.service.name, self.grace_s)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine whether it runs, and the service itself whether it answers."""
        state = wait_for_end(engine, self.service.name)
        return self.judge(state, ask_directly(engine, self.service))

    def judge(self, state: ContainerState, views: tuple[ClientView, ...]) -> Evidence:
        """Confirmed if the engine reports that it has ended, one way or the other, and none of its ports answers."""
        evidence = ended_evidence(state, views)
        if state.exit_code != _KILLED:
            return evidence
        return replace(
            evidence, observed=f"{evidence.observed}; {_KILLED} means SIGKILL: it did not end by itself in time"
        )

    def heal(self, engine: RunningStack) -> None:
        """Start it again."""
        ensure_running(engine, self.service.name)


def _bind(spec: FaultSpec, service: Service) -> Terminate:
    return Terminate(service, GRACE_S.read(spec))


KIND = fault_kind(
    "terminate",
    SERVICE,
    "The service gets its stop signal and time to end, and is not restarted.",
    (GRACE_S,),
    _bind,
)
