"""The port's first implementation: a stack that Compose started on Docker."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.compose.ground import API_PORT, Reach, direct_name, link_name, over_name
from stackproof.engine.docker.confinement import confinement_of, declared_confinement_of
from stackproof.engine.docker.containers import Containers
from stackproof.engine.docker.events import Change, watched
from stackproof.engine.docker.executing import run_in
from stackproof.engine.docker.helpers import Helpers
from stackproof.engine.docker.limits import declared_limits_of, limits_of, set_limits
from stackproof.engine.docker.pausing import pause_surely
from stackproof.engine.docker.reach import addresses_of, host_port, network_of, own_address, published_by
from stackproof.engine.docker.recreate import recreate, restore
from stackproof.engine.docker.restart_policy import restore_restart, suspend_restart
from stackproof.engine.docker.standing import Standing
from stackproof.engine.docker.throttle import throttle
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
)
from stackproof.engine.toxiproxy.api import ToxiproxyServer
from stackproof.engine.toxiproxy.link import ProxyLink
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import FaultError, Link, Network, Stack

if TYPE_CHECKING:
    from docker.models.containers import Container

_ABSENT = ContainerState("absent")
_HEALTH = re.compile(r"\((?:health: )?(?P<health>healthy|unhealthy|starting)\)")
_SIDES = {labels.ROLE_SERVICE: Side.SERVICE, labels.ROLE_PROXY: Side.PROXY}


class DockerEngine:
    """A standing stack on Docker; see port.Engine for what each call means."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self._containers = Containers(standing)
        self._helpers = Helpers(self._containers)

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self.standing.stack

    def lacks(self, capability: Capability) -> str | None:
        """Nothing that is known beforehand."""
        del self, capability
        return None

    def link(self, link: Link) -> LinkControl:
        """Power over this link."""
        listeners = self._listeners(link.service)
        if link_name(link) not in {listener.name for listener in listeners}:
            raise FaultError(f"no link {link} in {self.stack.file}")
        server = ToxiproxyServer(
            self.proxy_api(link.service), listeners, restart=partial(self._restart_proxy, link.service)
        )
        return ProxyLink(server, link_name(link))

    def entry(self, link: Link) -> Address:
        """Where traffic enters that shall cross this link."""
        # Where the networks are ours, the link's own listener is in reach: one hop less through the proxy.
        return self._gate(link.service, link_name(link) if self._is_near else over_name(link))

    def direct(self, service: str, port: int) -> Address:
        """Where a service's port is reached beside its links."""
        if service in self.standing.listeners:
            return self._gate(service, direct_name(port))
        with self._containers.at(service) as container:
            return own_address(container, port, self.standing) or host_port(container, port, service)

    def state(self, service: str) -> ContainerState:
        """The engine's own word on this service."""
        with engine_errors(f"asking for the state of {service!r}"):
            container = self._containers.find(service, labels.ROLE_SERVICE)
            return _ABSENT if container is None else _state(container)

    def all_states(self) -> Mapping[str, ContainerState]:
        """The engine's own word on every standing service at once."""
        wanted = [f"{labels.RUN}={self.standing.run}", f"{labels.ROLE}={labels.ROLE_SERVICE}"]
        with engine_errors("asking how the services are"):
            listed = connect().api.containers(all=True, filters={"label": wanted})
        seen = {each["Labels"][labels.SERVICE]: _listed_state(each["State"], each["Status"]) for each in listed}
        return {service.name: seen.get(service.name, _ABSENT) for service in self.stack.standing}

    def now_s(self) -> float:
        """The engine's own clock, in seconds since 1970."""
        with engine_errors("asking for its time"):
            return datetime.fromisoformat(connect().info()["SystemTime"]).timestamp()

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal to the service's first process."""
        with self._containers.at(service) as container:
            container.kill(signal)

    def start(self, service: str) -> None:
        """Start a stopped service again."""
        with self._containers.at(service) as container:
            container.start()

    def stop(self, service: str, grace_s: float = 10.0) -> None:
        """Ask the service to end, and kill it after the grace."""
        with self._containers.at(service) as container:
            container.stop(timeout=round(grace_s))

    def pause(self, service: str) -> None:
        """Freeze the service."""
        with self._containers.at(service) as container:
            if container.status != "paused":
                pause_surely(container)

    def unpause(self, service: str) -> None:
        """Thaw the service."""
        with self._containers.at(service) as container:
            if container.status == "paused":
                container.unpause()

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command inside the service."""
        with self._containers.at(service) as container:
            name = str(container.id)
        return run_in(name, command, timeout_s, f"{' '.join(command)!r} in {service!r}")

    def logs(self, service: str, tail: int = 200) -> str:
        """The service's last log lines."""
        with self._containers.at(service) as container:
            return container.logs(tail=tail, timestamps=True).decode(errors="replace")

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Every address of the service and of its proxy on the stack's networks."""
        with engine_errors(f"asking for the addresses of {service!r}"):
            found = {role: self._containers.find(service, role) for role in _SIDES}
        return tuple(
            ServiceAddress(network, _SIDES[role], host)
            for role, container in found.items()
            if container is not None
            for network, host in addresses_of(container, self.standing.project)
            if network in {each.name for each in self.stack.networks}
        )

    def networks(self) -> tuple[Network, ...]:
        """The run's networks as the engine has them."""
        with engine_errors("asking for the run's networks"):
            found = connect().networks.list(filters={"label": f"{labels.RUN}={self.standing.run}"})
        return tuple(sorted((network_of(each, self.standing.project) for each in found), key=lambda each: each.name))

    def published(self, service: str) -> tuple[Address, ...]:
        """Where the engine opens ports of the service or of its proxy on the machine itself."""
        with engine_errors(f"asking for the published ports of {service!r}"):
            found = [self._containers.find(service, role) for role in _SIDES]
        return tuple(address for container in found if container is not None for address in published_by(container))

    def limits(self, service: str) -> Limits:
        """What the service may use now."""
        return limits_of(self._containers, service)

    def declared_limits(self, service: str) -> Limits:
        """What its compose file lets the service use."""
        return declared_limits_of(self.standing, service)

    def confinement(self, service: str) -> Confinement:
        """What the engine keeps the service's container from."""
        return confinement_of(self._containers, service)

    def declared_confinement(self, service: str) -> Confinement:
        """What its compose file keeps the service's container from."""
        return declared_confinement_of(self.standing, service)

    def limit(self, service: str, limits: Limits) -> None:
        """Set what the service may use, while it runs."""
        set_limits(self._containers, service, limits)

    def suspend_restart(self, service: str) -> None:
        """The engine does not start the service again by itself."""
        suspend_restart(self._containers, service)

    def restore_restart(self, service: str) -> None:
        """The engine starts the service again as its compose file says."""
        restore_restart(self._containers, service)

    def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
        """Bound what the service writes to a disk, while it runs."""
        throttle(self._containers, self._helpers, service, disk, bytes_per_s)

    def recreate(self, service: str, alteration: Override) -> None:
        """Make the service's container anew with something different in it."""
        recreate(self._containers, service, alteration)

    def restore(self, service: str) -> None:
        """Make the service's container anew as it was declared."""
        restore(self._containers, service)

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command to its end in a helper container, and give back its output."""
        return self._helpers.run(place, command, timeout_s)

    def start_helper(self, place: Place, name: str, command: tuple[str, ...]) -> None:
        """Start a helper container that runs until it is dropped."""
        self._helpers.keep(place, name, command)

    def remove_helper(self, service: str, name: str) -> None:
        """Remove a helper container."""
        self._helpers.drop(service, name)

    def watched(self, tell: Callable[[Change], None]) -> AbstractContextManager[None]:
        """Tell of all that happens to the run's services while the block runs."""
        return watched(self.standing.run, tell)

    def _listeners(self, service: str) -> tuple[Listener, ...]:
        listeners = self.standing.listeners.get(service)
        if listeners is None:
            raise FaultError(f"service {service!r} is not interposed: it has no link to put a fault on")
        return listeners

    def _gate(self, service: str, name: str) -> Address:
        gates = {listener.name: listener for listener in self._listeners(service)}
        if name not in gates:
            raise FaultError(f"service {service!r} has no way in called {name!r}; known: {', '.join(sorted(gates))}")
        return self._reached(service, gates[name].host, gates[name].port)

    def proxy_api(self, service: str) -> Address:
        """Where the API of the proxy before a service is reached."""
        control = next(each.host for each in self._listeners(service) if each.name.startswith("direct."))
        return self._reached(service, control, API_PORT)

    @property
    def _is_near(self) -> bool:
        return self.standing.reach is Reach.BRIDGE

    def _reached(self, service: str, control: str, port: int) -> Address:
        if self._is_near:
            return Address(control, port)
        with self._containers.at(service, labels.ROLE_PROXY) as proxy:
            return host_port(proxy, port, service)

    def kill_proxy(self, service: str) -> None:
        """Kill the proxy before a service, as an accident would; the next change of a link starts it again."""
        with self._containers.at(service, labels.ROLE_PROXY) as proxy:
            proxy.kill()

    def _restart_proxy(self, service: str) -> Address:
        with self._containers.at(service, labels.ROLE_PROXY) as proxy:
            proxy.restart(timeout=1)
        return self.proxy_api(service)


def _listed_state(state: str, status: str) -> ContainerState:
    """What a list says: the health is in the status's words, as in ``Up 3 seconds (health: starting)``."""
    found = _HEALTH.search(status)
    return ContainerState(state, found["health"] if found else "")


def _state(container: "Container") -> ContainerState:
    state = container.attrs["State"]
    running = state["Status"] in {"running", "paused"}
    return ContainerState(
        status=state["Status"],
        health=(state.get("Health") or {}).get("Status", ""),
        exit_code=None if running else state["ExitCode"],
        started_at=state["StartedAt"],
        oom_killed=state["OOMKilled"],
    )
