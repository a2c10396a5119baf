"""A stack that stands nowhere: fakes at the edge of the engine room."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from stackproof.engine.port import (
    Address,
    Capability,
    Confinement,
    ContainerState,
    Limits,
    LinkControl,
    Override,
    Place,
    ServiceAddress,
    Side,
    Toxic,
)
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

    def restore(self) -> None:
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
        limited: What services may use, where it was set.
        held_down: Services that the engine does not start again by itself.
        throttled: Bounds that were set on what services write, by service and disk.
        alterations: Services that were made anew, and what is different in them.
        helped: Commands that were run or kept beside services, with their places.
        helpers: Names of helpers that are kept, by service and name.
        lacking: Why capabilities are missing.
        said: What the next commands in services and beside them print, in order; nothing where it is used up.
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
        self.limited: dict[str, Limits] = {}
        self.held_down: set[str] = set()
        self.throttled: dict[tuple[str, str], int] = {}
        self.alterations: dict[str, Override] = {}
        self.helped: list[tuple[Place, tuple[str, ...]]] = []
        self.helpers: dict[tuple[str, str], tuple[str, ...]] = {}
        self.said: list[str] = []
        self.lacking: dict[Capability, str] = {}

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self._stack

    def lacks(self, capability: Capability) -> str | None:
        """The reason that the test gives."""
        return self.lacking.get(capability)

    def link(self, link: Link) -> LinkControl:
        """Power over this link."""
        return self._controls.get(link) or self.links[link]

    def entry(self, link: Link) -> Address:
        """Where traffic enters that shall cross this link."""
        return self._over.get(link, NOWHERE)

    def direct(self, service: str, port: int) -> Address:
        """Where a service's port is reached beside its links."""
        return self._direct.get((service, port), NOWHERE)

    def state(self, service: str) -> ContainerState:
        """The engine's own word on this service."""
        return self.states[service]

    def all_states(self) -> Mapping[str, ContainerState]:
        """The engine's own word on every standing service."""
        return dict(self.states)

    def now_s(self) -> float:
        """This machine's clock."""
        return time.time()

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal; SIGKILL ends the service, which must run."""
        if self.states[service].status == "exited":
            raise EngineError(f"the fake cannot kill {service}: it is not running")
        self.signals.append(f"{service} {signal}")
        if signal == "SIGKILL":
            self.states[service] = replace(self.states[service], status="exited", exit_code=137)

    def start(self, service: str) -> None:
        """Start a stopped service again; it then has a new start."""
        if self.states[service].status == "paused":
            raise EngineError(f"the fake cannot start {service}: it is paused")
        if self.states[service].status == "exited":
            self.states[service] = replace(RUNNING, started_at=datetime.now(UTC).isoformat())

    def pause(self, service: str) -> None:
        """Freeze the service."""
        self.states[service] = replace(self.states[service], status="paused")

    def unpause(self, service: str) -> None:
        """Thaw the service."""
        if self.states[service].status == "paused":
            self.states[service] = replace(self.states[service], status="running")

    def stop(self, service: str, grace_s: float = 10.0) -> None:
        """The service ends in good order."""
        self.signals.append(f"{service} SIGTERM {grace_s:g}")
        self.states[service] = replace(self.states[service], status="exited", exit_code=0)

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Say what the test wants said."""
        if not self.said:
            raise EngineError(f"the fake cannot run {command} in {service} within {timeout_s} s")
        return self.said.pop(0)

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Made-up addresses: each service has one of its own and one of its proxy's on each network."""
        place = [each.name for each in self._stack.services].index(service)
        return tuple(
            ServiceAddress(network, side, f"10.{number}.{place}.{last}")
            for number, network in enumerate(self._stack.service(service).networks)
            for side, last in ((Side.SERVICE, 2), (Side.PROXY, 1))
        )

    def limits(self, service: str) -> Limits:
        """What was set, or nothing."""
        return self.limited.get(service, self.declared_limits(service))

    def networks(self) -> tuple[Network, ...]:
        """Those that are declared."""
        return self.stack.networks

    def published(self, service: str) -> tuple[Address, ...]:
        """Nothing."""
        del service
        return ()

    def declared_limits(self, service: str) -> Limits:
        """One processor and 64 MiB for each."""
        del service
        return Limits(1.0, 64 * 2**20)

    def confinement(self, service: str) -> Confinement:
        """As declared."""
        return self.declared_confinement(service)

    def declared_confinement(self, service: str) -> Confinement:
        """Limits alone."""
        return Confinement(limits=self.limits(service))

    def limit(self, service: str, limits: Limits) -> None:
        """Remember it."""
        self.limited[service] = limits

    def suspend_restart(self, service: str) -> None:
        """Remember it."""
        self.held_down.add(service)

    def restore_restart(self, service: str) -> None:
        """Forget it."""
        self.held_down.discard(service)

    def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
        """Remember it."""
        self.throttled[service, disk] = bytes_per_s

    def recreate(self, service: str, alteration: Override) -> None:
        """Remember it."""
        self.alterations[service] = alteration

    def restore(self, service: str) -> None:
        """Forget it."""
        self.alterations.pop(service, None)

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Remember the command, and say what the test wants said."""
        del timeout_s
        self.helped.append((place, command))
        return self.said.pop(0) if self.said else ""

    def start_helper(self, place: Place, name: str, command: tuple[str, ...]) -> None:
        """Remember the helper."""
        self.helped.append((place, command))
        self.helpers[place.service, name] = command

    def remove_helper(self, service: str, name: str) -> None:
        """Forget the helper."""
        self.helpers.pop((service, name), None)

    def logs(self, service: str, tail: int = 200) -> str:
        """No lines."""
        del service, tail
        return ""
