"""``freeze``: a service's processes stop where they are."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.client_view import ClientView
from stackproof.faults.evidence.port_requests import ask_directly, described
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.targets import SERVICE
from stackproof.model import ContainerState, ContainerStatus, Evidence, FaultSpec, Service


@dataclass(frozen=True, slots=True)
class Freeze:
    """A frozen service.

    Attributes:
        service: The service.
    """

    service: Service

    def inject(self, engine: RunningStack) -> None:
        """Freeze it: connections stay open, and nothing answers."""
        engine.pause(self.service.name)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine whether it is frozen, and the service itself whether it answers."""
        return self.judge(engine.state(self.service.name), ask_directly(engine, self.service))

    def judge(self, state: ContainerState, views: tuple[ClientView, ...]) -> Evidence:
        """Confirmed if the engine reports that it is frozen, and none of its ports answers."""
        return Evidence(
            confirmed=state.status is ContainerStatus.PAUSED and not any(each.is_answered for each in views),
            observed=f"the engine reports {state.status}; asked directly: {described(views)}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Let it continue."""
        engine.unpause(self.service.name)


def _bind(_spec: FaultSpec, service: Service) -> Freeze:
    return Freeze(service)


KIND = fault_kind(
    "freeze",
    SERVICE,
    "The service's processes stop where they are, and answer nothing.",
    (),
    _bind,
    Capability.FREEZING,
)
