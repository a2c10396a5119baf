"""Real Toxiproxies for tests: containers on the host's network that listen on loopback only."""

import json
import socket
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.port import Address
from stackproof.engine.toxiproxy.api import ToxiproxyServer
from stackproof.engine.toxiproxy.listener import Listener

LOOPBACK = "127.0.0.1"
_READY_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class RunningToxiproxy:
    """A Toxiproxy process.

    Attributes:
        container: Name of its container.
        address: Where its API is.
        listeners: What it was started with.
    """

    container: str
    address: Address
    listeners: Sequence[Listener]

    def server(self, deadline_s: float = 5.0) -> ToxiproxyServer:
        """The object under test, which may restart the process."""
        return ToxiproxyServer(self.address, self.listeners, restart=self._restart, deadline_s=deadline_s)

    def _restart(self) -> Address:
        _docker("restart", "--time", "0", self.container)
        return self.address


def free_port() -> int:
    """A free port of loopback."""
    with socket.create_server((LOOPBACK, 0)) as server:
        return int(server.getsockname()[1])


def listener(name: str, upstream: Address) -> Listener:
    """A proxy on a free port before this server."""
    return Listener(name, LOOPBACK, free_port(), str(upstream))


@contextmanager
def running_toxiproxy(image: str, listeners: Sequence[Listener], folder: Path) -> Iterator[RunningToxiproxy]:
    """Start one with these proxies, and remove it at the end."""
    address = Address(LOOPBACK, free_port())
    name = f"stackproof-test-{uuid.uuid4().hex[:12]}"
    config = folder / f"{name}.json"
    config.write_text(json.dumps([_entry(each) for each in listeners]), encoding="utf-8")
    config.chmod(0o644)
    mount = f"type=bind,source={config},target=/toxiproxy.json,readonly"
    options = ("--detach", "--network", "host", "--name", name, "--mount", mount)
    arguments = ("-host", address.host, "-port", str(address.port), "-config", "/toxiproxy.json")
    _docker("run", *options, image, *arguments)
    try:
        running = RunningToxiproxy(name, address, listeners)
        running.server().wait_ready(_READY_WITHIN_S)
        yield running
    finally:
        _docker("rm", "--force", name)


def _entry(proxy: Listener) -> dict[str, str | bool]:
    listen = f"{proxy.host}:{proxy.port}"
    return {"name": proxy.name, "listen": listen, "upstream": proxy.upstream, "enabled": True}


def _docker(*arguments: str) -> None:
    subprocess.run(("docker", *arguments), check=True, capture_output=True, timeout=60)
