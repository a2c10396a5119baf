"""Finds out whether the engine's networks are this machine's own, and where a container is reached."""

import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.compose.ground import LOOPBACK, Reach
from stackproof.engine.docker.standing import Standing
from stackproof.engine.port import Address
from stackproof.model import EngineError, Network

if TYPE_CHECKING:
    from docker.models.containers import Container
    from docker.models.networks import Network as DockerNetwork

_ELSEWHERE = "Docker Desktop"
_ROOTLESS = "rootless"


@cache
def reach_of_engine() -> Reach:
    """How the harness gets to addresses on this engine's networks.

    Raises:
        EngineError: The engine does not answer.
    """
    client = connect()
    if sys.platform != "linux" or not client.api.base_url.startswith("http+docker://"):
        return Reach.LOOPBACK
    with engine_errors("asking what it is"):
        about = client.info()
    elsewhere = _ELSEWHERE in str(about.get("OperatingSystem")) or _ROOTLESS in str(about.get("SecurityOptions"))
    return Reach.LOOPBACK if elsewhere else Reach.BRIDGE


def addresses_of(container: "Container", project: str) -> Iterator[tuple[str, str]]:
    """Networks by their names in the compose file, and the container's address on each while it runs."""
    for name, settings in container.attrs["NetworkSettings"]["Networks"].items():
        if settings["IPAddress"]:
            yield name.removeprefix(f"{project}_"), settings["IPAddress"]


def own_address(container: "Container", port: int, standing: Standing) -> Address | None:
    """Where a running container is reached at its own address, if that is in reach."""
    networks = {each.name for each in standing.stack.networks}
    hosts = (host for network, host in addresses_of(container, standing.project) if network in networks)
    host = next(hosts, None)
    return None if host is None or standing.reach is not Reach.BRIDGE else Address(host, port)


def host_port(container: "Container", port: int, service: str) -> Address:
    """Where a port is reached that a container opens on this machine.

    Raises:
        EngineError: It opens none such.
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
    """A network as the engine has it."""
    pools = network.attrs["IPAM"]["Config"] or ()
    subnet = next((pool["Subnet"] for pool in pools), None)
    return Network(str(network.name).removeprefix(f"{project}_"), bool(network.attrs["Internal"]), subnet)
