"""A running stack on Docker."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path

from stackproof.engine.docker import labels
from stackproof.engine.docker.access import addresses_of, host_port, network_of, own_address, published_by
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.compose.layout import API_PORT, CONTROL, Access, direct_name, link_name, over_name
from stackproof.engine.docker.containers import RunContainers
from stackproof.engine.docker.events import watched
from stackproof.engine.docker.lacking import NOT_NEAR, why_lacking
from stackproof.engine.docker.life.manifest import RunManifest
from stackproof.engine.docker.services.confinement import confinement_of, declared_confinement_of
from stackproof.engine.docker.services.executing import run_in
from stackproof.engine.docker.services.helper_containers import HelperContainers
from stackproof.engine.docker.services.pausing import pause_surely
from stackproof.engine.docker.services.recreate import recreate, restore
from stackproof.engine.docker.services.resource_limits import declared_limits_of, limits_of, set_limits
from stackproof.engine.docker.services.restart_policy import restore_restart, suspend_restart
from stackproof.engine.docker.services.write_limits import throttle
from stackproof.engine.docker.states import ABSENT, inspected_state, listed_state, status_of
from stackproof.engine.port.addresses import Address, ControlAddress, ControlPurpose, ServiceAddress, Side
from stackproof.engine.port.alterations import Override
from stackproof.engine.port.capabilities import Capability
from stackproof.engine.port.helpers import Place
from stackproof.engine.port.limits import Confinement, Limits
from stackproof.engine.port.links import LinkControl
from stackproof.engine.port.names import NameServer
from stackproof.engine.toxiproxy.api import ToxiproxyServer
from stackproof.engine.toxiproxy.link import ProxyLink
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import ContainerChange, ContainerState, ContainerStatus, FaultError, Link, Network, Stack

_SIDES = {labels.ROLE_SERVICE: Side.SERVICE, labels.ROLE_PROXY: Side.PROXY}
_NAME_SERVER = NameServer("127.0.0.11")


class DockerStack:
    """A running stack on Docker; see ``port.RunningStack`` for what each call means.

    Args:
        manifest: Where its containers are.
    """

    def __init__(self, manifest: RunManifest) -> None:
        self.manifest = manifest
        self._containers = RunContainers(manifest)
        self._helpers = HelperContainers(self._containers)

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self.manifest.stack

    @property
    def run(self) -> str:
        """The run's id."""
        return self.manifest.run

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.manifest.folder

    def lacks(self, capability: Capability) -> str | None:
        """Why the engine or its kernel lacks a capability, or None."""
        if capability is Capability.DIRECT_ADDRESSES:
            return None if self._is_near else NOT_NEAR
        return why_lacking(capability)

    def watched(self, notify: Callable[[ContainerChange], None]) -> AbstractContextManager[None]:
        """Report every change of a service's container while the block runs."""
        return watched(self.run, notify)

    def link(self, link: Link) -> LinkControl:
        """Control of one link."""
        listeners = self._listeners(link.service)
        if link_name(link) not in {listener.name for listener in listeners}:
            raise FaultError(f"no link {link} in {self.stack.file}")
        server = ToxiproxyServer(
            self.proxy_api(link.service), listeners, restart=partial(self._restart_proxy, link.service)
        )
        return ProxyLink(server, link_name(link))

    def kill_proxy(self, service: str) -> None:
        """Kill the proxy before a service."""
        with self._containers.of(service, labels.ROLE_PROXY) as proxy:
            proxy.kill()

    def entry(self, link: Link) -> Address:
        """The address at which traffic has to enter to cross a link."""
        # Where this machine reaches the engine's networks, it uses the link's own listener: one hop less.
        return self._gate(link.service, link_name(link) if self._is_near else over_name(link))

    def direct(self, service: str, port: int) -> Address:
        """The address at which a port is reached around its links."""
        if service in self.manifest.listeners:
            return self._gate(service, direct_name(port))
        with self._containers.of(service) as container:
            return own_address(container, port, self.manifest) or host_port(container, port, service)

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Every address of a service and of its proxy on the stack's networks."""
        with engine_errors(f"asking for the addresses of {service!r}"):
            found = {role: self._containers.find(service, role) for role in _SIDES}
        return tuple(
            ServiceAddress(network, _SIDES[role], host)
            for role, container in found.items()
            if container is not None
            for network, host in addresses_of(container, self.manifest.project)
            if network in {each.name for each in self.stack.networks}
        )

    def control_addresses(self, service: str) -> tuple[ControlAddress, ...]:
        """Every address that the service's proxy has for the harness."""
        listeners = self.manifest.listeners.get(service, ())
        gates = [each for each in listeners if not each.name.startswith("link.")]
        commands = {ControlAddress(CONTROL, each.host, API_PORT, ControlPurpose.COMMANDS) for each in gates}
        traffic = (ControlAddress(CONTROL, each.host, each.port, ControlPurpose.TRAFFIC) for each in gates)
        return (*commands, *traffic)

    def published(self, service: str) -> tuple[Address, ...]:
        """The ports of the engine's machine that lead to a service or to its proxy."""
        with engine_errors(f"asking for the published ports of {service!r}"):
            found = [self._containers.find(service, role) for role in _SIDES]
        return tuple(address for container in found if container is not None for address in published_by(container))

    def networks(self) -> tuple[Network, ...]:
        """The run's networks as the engine has them."""
        with engine_errors("asking for the run's networks"):
            found = connect().networks.list(filters={"label": f"{labels.RUN}={self.run}"})
        return tuple(sorted((network_of(each, self.manifest.project) for each in found), key=lambda each: each.name))

    def name_server(self) -> NameServer:
        """The name server that Docker puts into each container's network namespace, by rules of its own there."""
        return _NAME_SERVER

    def state(self, service: str) -> ContainerState:
        """The state of a service's container."""
        with engine_errors(f"asking for the state of {service!r}"):
            container = self._containers.find(service, labels.ROLE_SERVICE)
        if container is None:
            self.stack.service(service)
            return ABSENT
        return inspected_state(container.attrs["State"])

    def all_states(self) -> Mapping[str, ContainerState]:
        """The state of every service that starts with the stack."""
        wanted = [f"{labels.RUN}={self.run}", f"{labels.ROLE}={labels.ROLE_SERVICE}"]
        with engine_errors("asking for the states of the services"):
            listed = connect().api.containers(all=True, filters={"label": wanted})
        seen = {each["Labels"][labels.SERVICE]: listed_state(each["State"], each["Status"]) for each in listed}
        return {service.name: seen.get(service.name, ABSENT) for service in self.stack.standing}

    def now_s(self) -> float:
        """The engine's clock, in seconds since 1970."""
        with engine_errors("asking for its time"):
            return datetime.fromisoformat(connect().info()["SystemTime"]).timestamp()

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal to the service's first process."""
        with self._containers.of(service) as container:
            container.kill(signal)

    def start(self, service: str) -> None:
        """Start a service that has ended."""
        with self._containers.of(service) as container:
            container.start()

    def stop(self, service: str, grace_s: float = 10.0) -> None:
        """Ask a service to end, and kill it after the grace."""
        with self._containers.of(service) as container:
            container.stop(timeout=round(grace_s))

    def pause(self, service: str) -> None:
        """Freeze a service."""
        with self._containers.of(service) as container:
            if status_of(container.status) is not ContainerStatus.PAUSED:
                pause_surely(container)

    def unpause(self, service: str) -> None:
        """Let a frozen service go on."""
        with self._containers.of(service) as container:
            if status_of(container.status) is ContainerStatus.PAUSED:
                container.unpause()

    def suspend_restart(self, service: str) -> None:
        """The engine does not start the service again by itself."""
        suspend_restart(self._containers, service)

    def restore_restart(self, service: str) -> None:
        """The engine starts the service again as declared."""
        restore_restart(self._containers, service)

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command inside the service's container."""
        with self._containers.of(service) as container:
            name = str(container.id)
        return run_in(name, command, timeout_s, f"{' '.join(command)!r} in {service!r}")

    def logs(self, service: str, tail: int = 200) -> str:
        """The last lines of the service's log."""
        with self._containers.of(service) as container:
            return container.logs(tail=tail, timestamps=True).decode(errors="replace")

    def limits(self, service: str) -> Limits:
        """What a service may use now."""
        return limits_of(self._containers, service)

    def declared_limits(self, service: str) -> Limits:
        """What a service may use as declared."""
        return declared_limits_of(self.manifest, service)

    def limit(self, service: str, limits: Limits) -> None:
        """Set what a service may use, while it runs."""
        set_limits(self._containers, service, limits)

    def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
        """Limit what a service writes to a disk, while it runs."""
        throttle(self._containers, self._helpers, service, disk, bytes_per_s)

    def confinement(self, service: str) -> Confinement:
        """What keeps the service's container from doing more, as the engine has it."""
        return confinement_of(self._containers, service)

    def declared_confinement(self, service: str) -> Confinement:
        """What keeps it from doing more, as declared."""
        return declared_confinement_of(self.manifest, service)

    def recreate(self, service: str, override: Override) -> None:
        """Recreate a service's container with something different in it."""
        recreate(self._containers, service, override)

    def restore(self, service: str) -> None:
        """Recreate a service's container as declared."""
        restore(self._containers, service)

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command to its end in a helper, and return what it printed."""
        return self._helpers.run(place, command, timeout_s)

    def start_helper(self, place: Place, name: str, command: tuple[str, ...]) -> None:
        """Start a helper that runs until it is removed."""
        self._helpers.start(place, name, command)

    def remove_helper(self, service: str, name: str) -> None:
        """Remove a helper."""
        self._helpers.remove(service, name)

    def proxy_api(self, service: str) -> Address:
        """The address of the API of the Toxiproxy before a service."""
        control = next(each.host for each in self._listeners(service) if each.name.startswith("direct."))
        return self._reached(service, control, API_PORT)

    def _listeners(self, service: str) -> tuple[Listener, ...]:
        listeners = self.manifest.listeners.get(service)
        if listeners is None:
            raise FaultError(f"service {service!r} is not interposed: it has no link to put a fault on")
        return listeners

    def _gate(self, service: str, name: str) -> Address:
        gates = {listener.name: listener for listener in self._listeners(service)}
        if name not in gates:
            raise FaultError(f"service {service!r} has no way in called {name!r}; known: {', '.join(sorted(gates))}")
        return self._reached(service, gates[name].host, gates[name].port)

    @property
    def _is_near(self) -> bool:
        return self.manifest.access is Access.BRIDGE

    def _reached(self, service: str, control: str, port: int) -> Address:
        if self._is_near:
            return Address(control, port)
        with self._containers.of(service, labels.ROLE_PROXY) as proxy:
            return host_port(proxy, port, service)

    def _restart_proxy(self, service: str) -> Address:
        with self._containers.of(service, labels.ROLE_PROXY) as proxy:
            proxy.restart(timeout=1)
        return self.proxy_api(service)
