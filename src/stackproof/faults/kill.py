"""``kill``: a service's first process gets SIGKILL."""

import time
from dataclasses import dataclass

from stackproof.engine.port import ContainerState, Engine
from stackproof.faults.conversation import Conversation
from stackproof.faults.evidence import asked_directly
from stackproof.faults.fault import ServiceFault
from stackproof.model import Evidence, FaultSpec, Service

_GONE_WITHIN_S = 2.0
_POLL_S = 0.05
_ENDED = frozenset({"exited", "dead", "restarting", "removing", "absent"})


@dataclass(frozen=True, slots=True)
class Kill:
    """A killed service.

    Attributes:
        service: The service.
    """

    service: Service

    def inject(self, engine: Engine) -> None:
        """Kill it; it cannot tidy up."""
        engine.kill(self.service.name, "SIGKILL")

    def evidence(self, engine: Engine) -> Evidence:
        """Ask the engine whether it runs, and the service itself whether it answers."""
        deadline = time.monotonic() + _GONE_WITHIN_S
        while (state := engine.state(self.service.name)).status not in _ENDED and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        return self.judge(state, asked_directly(engine, self.service))

    def judge(self, state: ContainerState, seen: tuple[Conversation, ...]) -> Evidence:
        """The engine must say that it ended, and no port of it may answer."""
        code = "" if state.exit_code is None else f" with code {state.exit_code}"
        return Evidence(
            bit=state.status in _ENDED and not any(each.is_answered for each in seen),
            observed=f"the engine says {state.status}{code}; asked directly: {'; '.join(map(str, seen)) or 'no port'}",
        )

    def heal(self, engine: Engine) -> None:
        """Start it again."""
        engine.start(self.service.name)


def _bind(_spec: FaultSpec, service: Service) -> Kill:
    return Kill(service)


KILL = ServiceFault("kill", "The service's first process gets SIGKILL, and is not started again.", (), _bind)
