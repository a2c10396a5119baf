"""``freeze``: a service's processes stop where they are."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.comparison import asked_directly
from stackproof.faults.evidence.conversation import Conversation
from stackproof.faults.fault import ServiceFault
from stackproof.model import ContainerState, ContainerStatus, Evidence, FaultSpec, Service


@dataclass(frozen=True, slots=True)
class Freeze:
    """A frozen service.

    Attributes:
        service: The service.
    """

    service: Service

    def inject(self, engine: RunningStack) -> None:
        """Freeze it: connections stay, and nobody answers."""
        engine.pause(self.service.name)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine whether it is frozen, and the service itself whether it answers."""
        return self.judge(engine.state(self.service.name), asked_directly(engine, self.service))

    def judge(self, state: ContainerState, seen: tuple[Conversation, ...]) -> Evidence:
        """The engine must say that it is frozen, and no port of it may answer."""
        return Evidence(
            confirmed=state.status is ContainerStatus.PAUSED and not any(each.is_answered for each in seen),
            observed=f"the engine says {state.status}; asked directly: {'; '.join(map(str, seen)) or 'no port'}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Thaw it."""
        engine.unpause(self.service.name)


def _bind(_spec: FaultSpec, service: Service) -> Freeze:
    return Freeze(service)


KIND = ServiceFault(
    "freeze",
    "The service's processes stop where they are, and answer nothing.",
    (),
    _bind,
    needs=(Capability.FREEZING,),
)
