"""``freeze``: a service's processes stop where they are."""

from dataclasses import dataclass

from stackproof.engine.port import ContainerState, Engine
from stackproof.faults.evidence.comparison import asked_directly
from stackproof.faults.evidence.conversation import Conversation
from stackproof.faults.fault import ServiceFault
from stackproof.model import Evidence, FaultSpec, Service

_FROZEN = "paused"


@dataclass(frozen=True, slots=True)
class Freeze:
    """A frozen service.

    Attributes:
        service: The service.
    """

    service: Service

    def inject(self, engine: Engine) -> None:
        """Freeze it: connections stay, and nobody answers."""
        engine.pause(self.service.name)

    def evidence(self, engine: Engine) -> Evidence:
        """Ask the engine whether it is frozen, and the service itself whether it answers."""
        return self.judge(engine.state(self.service.name), asked_directly(engine, self.service))

    def judge(self, state: ContainerState, seen: tuple[Conversation, ...]) -> Evidence:
        """The engine must say that it is frozen, and no port of it may answer."""
        return Evidence(
            confirmed=state.status == _FROZEN and not any(each.is_answered for each in seen),
            observed=f"the engine says {state.status}; asked directly: {'; '.join(map(str, seen)) or 'no port'}",
        )

    def heal(self, engine: Engine) -> None:
        """Thaw it."""
        engine.unpause(self.service.name)


def _bind(_spec: FaultSpec, service: Service) -> Freeze:
    return Freeze(service)


KIND = ServiceFault("freeze", "The service's processes stop where they are, and answer nothing.", (), _bind)
