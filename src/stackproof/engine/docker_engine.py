"""The port's first implementation: a stack that Compose started on Docker."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from stackproof.engine import labels
from stackproof.engine.client import connect, engine_errors
from stackproof.engine.ground import API_PORT, LOOPBACK, Listener, Reach, direct_name, link_name, over_name
from stackproof.engine.port import Address, ContainerState, LinkControl
from stackproof.engine.standing import Standing
from stackproof.engine.toxiproxy import ProxyLink
from stackproof.engine.toxiproxy_api import ToxiproxyServer
from stackproof.model import EngineError, FaultError, Link, Stack

if TYPE_CHECKING:
    from docker.models.containers import Container

_ABSENT = ContainerState("absent")


@dataclass(frozen=True, slots=True)
class Change:
    """Something that the engine says happened to a service's container.

    Attributes:
        service: Name of the service.
        action: The engine's word: ``start``, ``die``, ``kill``, ``health_status: healthy``, ``pause``...
        at_ns: When, in nanoseconds of wall time since 1970.
    """

    service: str
    action: str
    at_ns: int


class DockerEngine:
    """A standing stack on Docker; see port.Engine for what each call means."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self.standing.stack

    def link(self, link: Link) -> LinkControl:
        """Power over this link."""
        listeners = self._listeners(link.service)
        if link_name(link) not in {listener.name for listener in listeners}:
            raise FaultError(f"no link {link} in {self.stack.file}")
        server = ToxiproxyServer(self._api(link.service), listeners, restart=partial(self._restart_proxy, link.service))
        return ProxyLink(server, link_name(link))

    def over(self, link: Link) -> Address:
        """Where traffic enters that shall cross this link."""
        # Where the networks are ours, the link's own listener is in reach: one hop less through the proxy.
        return self._gate(link.service, link_name(link) if self._is_near else over_name(link))

    def direct(self, service: str, port: int) -> Address:
        """Where a service's port is reached beside its links."""
        if service in self.standing.listeners:
            return self._gate(service, direct_name(port))
        with self._container(service, labels.ROLE_SERVICE) as container:
            return _host_port(container, port, service)

    def state(self, service: str) -> ContainerState:
        """The engine's own word on this service."""
        with engine_errors(f"asking for the state of {service!r}"):
            container = self._find(service, labels.ROLE_SERVICE)
            return _ABSENT if container is None else _state(container)

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal to the service's first process."""
        with self._container(service, labels.ROLE_SERVICE) as container:
            container.kill(signal)

    def start(self, service: str) -> None:
        """Start a stopped service again."""
        with self._container(service, labels.ROLE_SERVICE) as container:
            container.start()

    def pause(self, service: str) -> None:
        """Freeze the service."""
        with self._container(service, labels.ROLE_SERVICE) as container:
            if container.status != "paused":
                container.pause()

    def unpause(self, service: str) -> None:
        """Thaw the service."""
        with self._container(service, labels.ROLE_SERVICE) as container:
            if container.status == "paused":
                container.unpause()

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command inside the service."""
        del timeout_s  # the client's own time-out bounds it
        with self._container(service, labels.ROLE_SERVICE) as container:
            code, output = container.exec_run(list(command))
        text = cast("bytes", output).decode(errors="replace")
        if code != 0:
            raise EngineError(f"{' '.join(command)!r} in {service!r} ended with {code}: {text.strip()}")
        return text

    def logs(self, service: str, tail: int = 200) -> str:
        """The service's last log lines."""
        with self._container(service, labels.ROLE_SERVICE) as container:
            return container.logs(tail=tail, timestamps=True).decode(errors="replace")

    @contextmanager
    def watched(self, tell: Callable[[Change], None]) -> Iterator[None]:
        """Tell of all that happens to the run's services while the block runs."""
        with engine_errors("listening to its events"):
            stream = connect().events(
                decode=True, filters={"type": "container", "label": f"{labels.RUN}={self.standing.run}"}
            )
        thread = threading.Thread(target=_relay, args=(stream, tell), name="engine-events", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stream.close()
            thread.join(timeout=5)

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

    def _api(self, service: str) -> Address:
        control = next(each.host for each in self._listeners(service) if each.name.startswith("direct."))
        return self._reached(service, control, API_PORT)

    @property
    def _is_near(self) -> bool:
        return self.standing.reach is Reach.BRIDGE

    def _reached(self, service: str, control: str, port: int) -> Address:
        if self._is_near:
            return Address(control, port)
        with self._container(service, labels.ROLE_PROXY) as proxy:
            return _host_port(proxy, port, service)

    def _restart_proxy(self, service: str) -> Address:
        with self._container(service, labels.ROLE_PROXY) as proxy:
            proxy.restart(timeout=1)
        return self._api(service)

    @contextmanager
    def _container(self, service: str, role: str) -> "Iterator[Container]":
        with engine_errors(f"working on {service!r}"):
            container = self._find(service, role)
            if container is None:
                self.stack.service(service)
                raise EngineError(f"expected a container of {service!r} in run {self.standing.run}, found none")
            yield container

    def _find(self, service: str, role: str) -> "Container | None":
        wanted = [f"{labels.RUN}={self.standing.run}", f"{labels.SERVICE}={service}", f"{labels.ROLE}={role}"]
        found = connect().containers.list(all=True, filters={"label": wanted}, ignore_removed=True)
        return found[0] if found else None


def _relay(stream: "Iterator[dict[str, object]]", tell: Callable[[Change], None]) -> None:
    try:
        for event in stream:
            attributes = cast("dict[str, dict[str, str]]", event["Actor"])["Attributes"]
            action = str(event["Action"])
            if attributes.get(labels.ROLE) == labels.ROLE_SERVICE and not action.startswith("exec_"):
                tell(Change(attributes[labels.SERVICE], action, int(cast("int", event["timeNano"]))))
    except Exception:  # noqa: BLE001, S110 - the stream was closed under us, or the engine died: others will say so
        pass


def _host_port(container: "Container", port: int, service: str) -> Address:
    opened = container.attrs["NetworkSettings"]["Ports"].get(f"{port}/tcp")
    if not opened:
        raise EngineError(
            f"expected port {port} of {service!r} to be open on the host; its container is {container.status}"
        )
    return Address(LOOPBACK, int(opened[0]["HostPort"]))


def _state(container: "Container") -> ContainerState:
    state = container.attrs["State"]
    running = state["Status"] in {"running", "paused"}
    return ContainerState(
        status=state["Status"],
        health=(state.get("Health") or {}).get("Status", ""),
        exit_code=None if running else state["ExitCode"],
        started_at=state["StartedAt"],
    )
