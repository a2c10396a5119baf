"""``kill``: a service's main process gets SIGKILL."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.client_view import ClientView
from stackproof.faults.evidence.port_requests import ask_directly
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.run_state import ended_evidence, ensure_running, wait_for_end
from stackproof.faults.targets import SERVICE
from stackproof.model import ContainerState, Evidence, FaultSpec, Service


@dataclass(frozen=True, slots=True)
class Kill:
    """A killed service.

    Attributes:
        service: The service.
    """

    service: Service

    def inject(self, engine: RunningStack) -> None:
        """Kill it, without a chance to clean up."""
        engine.kill(self.service.name, "SIGKILL")

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine whether it runs, and the service itself whether it answers."""
        state = wait_for_end(engine, self.service.name)
        return self.judge(state, ask_directly(engine, self.service))

    def judge(self, state: ContainerState, views: tuple[ClientView, ...]) -> Evidence:
        """Confirmed if the engine reports that it has ended, and none of its ports answers."""
        return ended_evidence(state, views)

    def heal(self, engine: RunningStack) -> None:
        """Start it again."""
        ensure_running(engine, self.service.name)


def _bind(_spec: FaultSpec, service: Service) -> Kill:
    return Kill(service)


KIND = fault_kind("kill", SERVICE, "The service's main process gets SIGKILL, and is not restarted.", (), _bind)
