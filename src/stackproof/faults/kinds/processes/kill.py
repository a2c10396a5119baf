"""``kill``: a service's first process gets SIGKILL."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.comparison import asked_directly
from stackproof.faults.evidence.conversation import Conversation
from stackproof.faults.fault import ServiceFault
from stackproof.faults.means.ending import awaited_end, bring_back, judged_ended
from stackproof.model import ContainerState, Evidence, FaultSpec, Service


@dataclass(frozen=True, slots=True)
class Kill:
    """A killed service.

    Attributes:
        service: The service.
    """

    service: Service

    def inject(self, engine: RunningStack) -> None:
        """Kill it; it cannot tidy up."""
        engine.kill(self.service.name, "SIGKILL")

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask the engine whether it runs, and the service itself whether it answers."""
        state = awaited_end(engine, self.service.name)
        return self.judge(state, asked_directly(engine, self.service))

    def judge(self, state: ContainerState, seen: tuple[Conversation, ...]) -> Evidence:
        """The engine must say that it ended, and no port of it may answer."""
        return judged_ended(state, seen)

    def heal(self, engine: RunningStack) -> None:
        """Start it again."""
        bring_back(engine, self.service.name)


def _bind(_spec: FaultSpec, service: Service) -> Kill:
    return Kill(service)


KIND = ServiceFault("kill", "The service's first process gets SIGKILL, and is not started again.", (), _bind)
