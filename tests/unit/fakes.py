"""A running stack in memory, with every role of the port; ``tests.unit.fake_engine`` starts and finds them."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from stackproof.engine.port import (
    Address,
    Capability,
    Confinement,
    ControlAddress,
    ControlPurpose,
    ForeignEffect,
    Limits,
    LinkControl,
    LinkEffect,
    NameServer,
    Override,
    Place,
    ServiceAddress,
    Shares,
    Side,
)
from stackproof.model import (
    ContainerAction,
    ContainerChange,
    ContainerState,
    ContainerStatus,
    EngineError,
    FaultError,
    Link,
    Network,
    Probe,
    ProbeKind,
    Service,
    Stack,
)

NOWHERE = Address("127.0.0.1", 1)
RUNNING = ContainerState(ContainerStatus.RUNNING)
WEB = Link("front", "web", 80)
STORE = Link("back", "store", 6379)
KILLED, ENDED_WELL = 137, 0
_TOOL_LIMITS = Limits(1.0, 64 * 2**20)


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
        refused: Names of calls that it refuses.
    """

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self._effects: dict[str, LinkEffect] = {}
        self._listens = True

    def add(self, effect: LinkEffect) -> None:
        """Put an effect on the link."""
        self._unless_refused("add")
        if isinstance(effect.kind, ForeignEffect):
            raise EngineError("the fake knows no foreign effects")
        self._effects[effect.name] = effect

    def remove(self, name: str) -> None:
        """Take an effect off the link."""
        self._unless_refused("remove")
        self._effects.pop(name, None)

    def effects(self) -> tuple[LinkEffect, ...]:
        """Effects on the link now."""
        return tuple(self._effects.values())

    def cut(self) -> None:
        """Stop listening."""
        self._unless_refused("cut")
        self._listens = False

    def restore(self) -> None:
        """Listen again."""
        self._unless_refused("restore")
        self._listens = True

    def is_cut(self) -> bool:
        """True where the link does not listen."""
        return not self._listens

    def _unless_refused(self, call: str) -> None:
        if call in self.refused:
            raise EngineError(f"the fake refuses to {call}")


def run_tiny_program(command: Sequence[str], environment: Mapping[str, str], given: bytes = b"") -> tuple[int, str]:
    """Exit code and output of a few programs that need no machine: echo, cat, false, printenv, sleep."""
    match [*command]:
        case ["echo", *words]:
            return 0, " ".join(words) + "\n"
        case ["cat"]:
            return 0, given.decode()
        case ["printenv", name]:
            return (0, environment[name] + "\n") if name in environment else (1, "")
        case ["false"]:
            return 1, ""
        case ["sleep", _]:
            return 0, ""
        case _:
            raise KeyError(command[0])


class FakeStack:
    """A running stack in memory, implementing ``port.RunningStack``.

    Args:
        stack: The stack.
        over: Where each link is entered; nowhere for those left out.
        direct: Where each port of each service is reached; nowhere for those left out.
        controls: Control of links that are real; those left out are fakes.

    Attributes:
        run: The run's id.
        folder: The run's folder.
        links: Every link of the stack.
        states: The state of each service, which calls change as a real engine does.
        signals: Signals sent, as ``service SIGNAL``.
        limited: What services may use, where it was set.
        held_down: Services that the engine does not start again by itself.
        throttled: Limits that were set on what services write, by service and disk.
        alterations: Services that were recreated, and what is different in them.
        helped: Commands that were run or started in helpers, with their places.
        helpers: Helpers that run, by service and name.
        said: What the next commands in services and helpers print, in order; once it is used up, tiny programs run.
        lacking: Why a capability is missing, by capability.
        changed: What is called for each change of a service.
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
        self.run = "fake"
        self.folder = Path()
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
        self.changed: list[Callable[[ContainerChange], None]] = []
        self.dead_proxies: set[str] = set()

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self._stack

    def lacks(self, capability: Capability) -> str | None:
        """Why it is missing, where the test says so."""
        return self.lacking.get(capability)

    @contextmanager
    def watched(self, notify: Callable[[ContainerChange], None]) -> Iterator[None]:
        """Report changes while the block runs; what the notification raised is raised at its end."""
        failures: list[Exception] = []

        def tell(change: ContainerChange) -> None:
            try:
                if not failures:
                    notify(change)
            except Exception as error:  # noqa: BLE001 - raised at the end of the block
                failures.append(error)

        self.changed.append(tell)
        try:
            yield
        finally:
            self.changed.remove(tell)
        if failures:
            raise failures[0]

    def link(self, link: Link) -> LinkControl:
        """Control of one link."""
        if link not in self.links:
            raise FaultError(f"no link {link}")
        self.dead_proxies.discard(link.service)
        return self._controls.get(link) or self.links[link]

    def kill_proxy(self, service: str) -> None:
        """The links lose their effects, and listen again at the next change."""
        if not self._service(service).links or service in self.dead_proxies:
            raise EngineError(f"no proxy of {service!r} runs")
        self.dead_proxies.add(service)
        self.links.update({link: FakeLink() for link in self._stack.service(service).links})

    def entry(self, link: Link) -> Address:
        """Where traffic enters the link."""
        if link not in self.links:
            raise FaultError(f"no link {link}")
        return self._over.get(link, NOWHERE)

    def direct(self, service: str, port: int) -> Address:
        """Where a port is reached around its links."""
        if port not in self._service(service).ports:
            raise FaultError(f"{service!r} does not listen on {port}")
        return self._direct.get((service, port), NOWHERE)

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Made-up addresses: a service has one of its own and one of its proxy's on each network."""
        place = [each.name for each in self._stack.services].index(service)
        sides = [(Side.SERVICE, 2)] if self.state(service).status.is_up else []
        sides += [(Side.PROXY, 1)] if self._stack.service(service).interposed else []
        return tuple(
            ServiceAddress(network, side, f"10.{number}.{place}.{last}")
            for number, network in enumerate(self._stack.service(service).networks)
            for side, last in sides
        )

    def control_addresses(self, service: str) -> tuple[ControlAddress, ...]:
        """One for commands."""
        if not self._service(service).links:
            return ()
        return (ControlAddress("control", "10.99.0.1", 8474, ControlPurpose.COMMANDS),)

    def published(self, service: str) -> tuple[Address, ...]:
        """Nothing."""
        self._service(service)
        return ()

    def networks(self) -> tuple[Network, ...]:
        """Those that are declared, and ours."""
        return (*self.stack.networks, Network("control", internal=True))

    def name_server(self) -> NameServer:
        """A made-up one."""
        return NameServer("127.0.0.11")

    def state(self, service: str) -> ContainerState:
        """The state of a service."""
        self._service(service)
        return self.states.get(service, ContainerState(ContainerStatus.ABSENT))

    def all_states(self) -> Mapping[str, ContainerState]:
        """The state of every service that starts with the stack."""
        return dict(self.states)

    def now_s(self) -> float:
        """This machine's clock."""
        return time.time()

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal; SIGKILL ends the service, which must run."""
        if not self._container(service).status.is_up:
            raise EngineError(f"the fake cannot kill {service}: it is not running")
        self.signals.append(f"{service} {signal}")
        self._report(service, ContainerAction.SIGNALLED)
        if signal == "SIGKILL":
            self._end(service, KILLED)

    def start(self, service: str) -> None:
        """Start a service that has ended; it then has a new start."""
        if self._container(service).status is ContainerStatus.PAUSED:
            raise EngineError(f"the fake cannot start {service}: it is paused")
        if self.states[service].status.has_ended:
            self.states[service] = replace(RUNNING, started_at=datetime.now(UTC).isoformat())
            self._report(service, ContainerAction.STARTED)

    def pause(self, service: str) -> None:
        """Freeze the service."""
        if self._container(service).status is not ContainerStatus.PAUSED:
            self.states[service] = replace(self.states[service], status=ContainerStatus.PAUSED)
            self._report(service, ContainerAction.PAUSED)

    def unpause(self, service: str) -> None:
        """Let the service go on."""
        if self._container(service).status is ContainerStatus.PAUSED:
            self.states[service] = replace(self.states[service], status=ContainerStatus.RUNNING)
            self._report(service, ContainerAction.UNPAUSED)

    def stop(self, service: str, grace_s: float = 10.0) -> None:
        """The service ends in good order."""
        if self._container(service).status.is_up:
            self.signals.append(f"{service} SIGTERM {grace_s:g}")
            self._end(service, ENDED_WELL)

    def suspend_restart(self, service: str) -> None:
        """Remember it."""
        self._container(service)
        self.held_down.add(service)

    def restore_restart(self, service: str) -> None:
        """Forget it."""
        self._container(service)
        self.held_down.discard(service)

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Print what the test wants, or run a tiny program with the service's environment."""
        if self._container(service).status is not ContainerStatus.RUNNING:
            raise EngineError(f"the fake cannot run {command} in {service}: it does not run")
        if self.said:
            return self.said.pop(0)
        override = self.alterations.get(service, Override())
        try:
            return _output(command, override.environment)
        except KeyError:
            raise EngineError(f"the fake cannot run {command} in {service} within {timeout_s} s") from None

    def logs(self, service: str, tail: int = 200) -> str:
        """No lines."""
        del tail
        self._container(service)
        return ""

    def limits(self, service: str) -> Limits:
        """What was set, or what is declared."""
        return self.limited.get(service, self.declared_limits(service))

    def declared_limits(self, service: str) -> Limits:
        """One processor and 64 MiB for each."""
        self._service(service)
        return _TOOL_LIMITS

    def limit(self, service: str, limits: Limits) -> None:
        """Remember it."""
        self._container(service)
        self.limited[service] = limits

    def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
        """Remember it."""
        self._container(service)
        self.throttled[service, disk] = bytes_per_s

    def confinement(self, service: str) -> Confinement:
        """Limits alone."""
        return Confinement(limits=self.limits(service))

    def declared_confinement(self, service: str) -> Confinement:
        """Limits alone."""
        return Confinement(limits=self.declared_limits(service))

    def recreate(self, service: str, override: Override) -> None:
        """Remember it, and start anew."""
        self._container(service)
        self.alterations[service] = override
        self.states[service] = replace(RUNNING, started_at=datetime.now(UTC).isoformat())

    def restore(self, service: str) -> None:
        """Forget it, and start anew; nothing happens where the service is as declared."""
        if self.alterations.pop(service, None) is not None:
            self.states[service] = replace(RUNNING, started_at=datetime.now(UTC).isoformat())

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Remember the command, and print what the test wants, or run a tiny program; others print nothing."""
        del timeout_s
        self._refuse_ended(place)
        self.helped.append((place, command))
        if self.said:
            return self.said.pop(0)
        try:
            return _output(command, {})
        except KeyError:
            return ""

    def start_helper(self, place: Place, name: str, command: tuple[str, ...]) -> None:
        """Remember the helper."""
        self._refuse_ended(place)
        self.helped.append((place, command))
        self.helpers[place.service, name] = command

    def remove_helper(self, service: str, name: str) -> None:
        """Forget the helper."""
        self.helpers.pop((service, name), None)

    def containers(self) -> tuple[str, ...]:
        """Names of all that a real engine would have containers for."""
        proxies = (f"{each.name}-proxy" for each in self._stack.standing if each.interposed)
        helpers = (f"{service}-{name}" for service, name in self.helpers)
        return tuple(sorted((*self.states, *proxies, *helpers)))

    def _service(self, name: str) -> Service:
        return self._stack.service(name)

    def _container(self, service: str) -> ContainerState:
        state = self.state(service)
        if state.status is ContainerStatus.ABSENT and service not in self.states:
            raise EngineError(f"expected a container of {service!r}, found none")
        return state

    def _refuse_ended(self, place: Place) -> None:
        is_up = place.side is Side.PROXY or self._container(place.service).status.is_up
        if not is_up and place.shares is not Shares.VOLUMES:
            raise EngineError(f"expected {place.service!r} to run, so that a helper can be placed at it; it ended")

    def _end(self, service: str, code: int) -> None:
        self.states[service] = replace(self.states[service], status=ContainerStatus.EXITED, exit_code=code)
        self._report(service, ContainerAction.ENDED)

    def _report(self, service: str, action: ContainerAction) -> None:
        for notify in tuple(self.changed):
            notify(ContainerChange(service, action, time.time_ns()))


def _output(command: Sequence[str], environment: Mapping[str, str]) -> str:
    code, output = run_tiny_program(command, environment)
    if code != 0:
        raise EngineError(f"{' '.join(command)!r} ended with {code}: {output.strip()}")
    return output
