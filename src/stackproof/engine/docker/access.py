"""How this machine reaches the engine's networks, and the addresses of containers."""

import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.compose.layout import LOOPBACK, Access
from stackproof.engine.docker.life.manifest import RunManifest
from stackproof.engine.port.addresses import Address
from stackproof.model import EngineError, Network

if TYPE_CHECKING:
    from docker.models.containers import Container
    from docker.models.networks import Network as DockerNetwork

_ELSEWHERE = "Docker Desktop"
_ROOTLESS = "rootless"


@cache
def engine_access() -> Access:
    """How this machine reaches addresses on the engine's networks.

    Raises:
        EngineError: The engine does not answer.
    """
    client = connect()
    if sys.platform != "linux" or not client.api.base_url.startswith("http+docker://"):
        return Access.LOOPBACK
    with engine_errors("asking what it is"):
        about = client.info()
    is_elsewhere = _ELSEWHERE in str(about.get("OperatingSystem")) or _ROOTLESS in str(about.get("SecurityOptions"))
    return Access.LOOPBACK if is_elsewhere else Access.BRIDGE


def addresses_of(container: "Container", project: str) -> Iterator[tuple[str, str]]:
    """The container's address on each network, by the network's name in the compose file; none unless it runs."""
    for name, settings in container.attrs["NetworkSettings"]["Networks"].items():
        if settings["IPAddress"]:
            yield name.removeprefix(f"{project}_"), settings["IPAddress"]


def own_address(container: "Container", port: int, manifest: RunManifest) -> Address | None:
    """A port at a running container's own address; None where this machine does not reach that."""
    networks = {each.name for each in manifest.stack.networks}
    hosts = (host for network, host in addresses_of(container, manifest.project) if network in networks)
    host = next(hosts, None)
    return None if host is None or manifest.access is not Access.BRIDGE else Address(host, port)


def host_port(container: "Container", port: int, service: str) -> Address:
    """A port at the address of this machine at which a container opens it.

    Raises:
        EngineError: The container does not open it.
    """
    opened = container.attrs["NetworkSettings"]["Ports"].get(f"{port}/tcp")
    if not opened:
        raise EngineError(
            f"expected port {port} of {service!r} to be open on the host; its container is {container.status}"
        )
    return Address(LOOPBACK, int(opened[0]["HostPort"]))


def published_by(container: "Container") -> Iterator[Address]:
    """Every address of this machine at which a container opens a port."""
    for opened in container.attrs["NetworkSettings"]["Ports"].values():
        for each in opened or ():
            yield Address(each["HostIp"], int(each["HostPort"]))


def network_of(network: "DockerNetwork", project: str) -> Network:
    """A network, as the engine has it."""
    pools = network.attrs["IPAM"]["Config"] or ()
    subnet = next((pool["Subnet"] for pool in pools), None)
    return Network(str(network.name).removeprefix(f"{project}_"), bool(network.attrs["Internal"]), subnet)
