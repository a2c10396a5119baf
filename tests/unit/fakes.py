"""A stack that stands nowhere: fakes at the edge of the engine room."""

from collections.abc import Mapping
from pathlib import Path

from stackproof.engine.port import Address, ContainerState, LinkControl, Toxic
from stackproof.model import EngineError, Link, Network, Probe, ProbeKind, Service, Stack

NOWHERE = Address("127.0.0.1", 1)
RUNNING = ContainerState("running")
WEB = Link("front", "web", 80)
STORE = Link("back", "store", 6379)


def small_stack() -> Stack:
    """Two services on two networks, each with a probe, and one that is started on demand."""
    web = Service(
        "web",
        networks=("front", "back"),
        ports=(80, 443, 9000),
        probes=(
            Probe("web", ProbeKind.LIVENESS, "http://:80/health/live", 80),
            Probe("web", ProbeKind.READINESS, "https://:443/health", 443),
        ),
    )
    ping = Probe("store", ProbeKind.PING, "tcp://:6379?send=PING%0D%0A&expect=PONG", 6379)
    store = Service("store", networks=("back",), ports=(6379,), probes=(ping,))
    tool = Service("tool", networks=("back",), on_demand=True)
    return Stack("small", Path("compose.yaml"), (Network("front"), Network("back", internal=True)), (web, store, tool))


class FakeLink:
    """A link in memory.

    Attributes:
        refused: Names of calls that the engine refuses.
    """

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self._toxics: dict[str, Toxic] = {}
        self._listens = True

    def add(self, toxic: Toxic) -> None:
        """Put a toxic on the link."""
        self._unless_refused("add")
        self._toxics[toxic.name] = toxic

    def remove(self, name: str) -> None:
        """Take a toxic off the link."""
        self._unless_refused("remove")
        self._toxics.pop(name, None)

    def toxics(self) -> tuple[Toxic, ...]:
        """Toxics on the link now."""
        return tuple(self._toxics.values())

    def cut(self) -> None:
        """Stop listening."""
        self._unless_refused("cut")
        self._listens = False

    def mend(self) -> None:
        """Listen again."""
        self._unless_refused("mend")
        self._listens = True

    def is_cut(self) -> bool:
        """True where the link does not listen."""
        return not self._listens

    def _unless_refused(self, call: str) -> None:
        if call in self.refused:
            raise EngineError(f"the fake refuses to {call}")


class FakeEngine:
    """An engine in memory, implementing ``port.Engine``.

    Args:
        stack: The stack that it says stands.
        over: Where each link is entered; nowhere for those left out.
        direct: Where each port of each service is reached; nowhere for those left out.
        controls: Power over links that are real; those left out are fakes.

    Attributes:
        links: Every link of the stack.
        states: The engine's word on each service, which calls change as a real engine does.
        signals: Signals sent, as ``service SIGNAL``.
    """

    def __init__(
        self,
        stack: Stack | None = None,
        over: Mapping[Link, Address] | None = None,
        direct: Mapping[tuple[str, int], Address] | None = None,
        controls: Mapping[Link, LinkControl] | None = None,
    ) -> None:
        self._stack = stack or small_stack()
        self._over = over or {}
        self._direct = direct or {}
        self._controls = controls or {}
        self.links = {link: FakeLink() for link in self._stack.links()}
        self.states = {service.name: RUNNING for service in self._stack.standing}
        self.signals: list[str] = []

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self._stack

    def link(self, link: Link) -> LinkControl:
        """Power over this link."""
        return self._controls.get(link) or self.links[link]

    def over(self, link: Link) -> Address:
        """Where traffic enters that shall cross this link."""
        return self._over.get(link, NOWHERE)

    def direct(self, service: str, port: int) -> Address:
        """Where a service's port is reached beside its links."""
        return self._direct.get((service, port), NOWHERE)

    def state(self, service: str) -> ContainerState:
        """The engine's own word on this service."""
        return self.states[service]

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal; SIGKILL ends the service."""
        self.signals.append(f"{service} {signal}")
        if signal == "SIGKILL":
            self.states[service] = ContainerState("exited", exit_code=137)

    def start(self, service: str) -> None:
        """Start a stopped service again."""
        if self.states[service].status == "exited":
            self.states[service] = RUNNING

    def pause(self, service: str) -> None:
        """Freeze the service."""
        self.states[service] = ContainerState("paused")

    def unpause(self, service: str) -> None:
        """Thaw the service."""
        if self.states[service].status == "paused":
            self.states[service] = RUNNING

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Nothing can be run in a fake."""
        raise EngineError(f"the fake cannot run {command} in {service} within {timeout_s} s")

    def logs(self, service: str, tail: int = 200) -> str:
        """No lines."""
        del service, tail
        return ""
