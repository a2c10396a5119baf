"""The layout of one run: its networks and addresses, what its proxies listen on, and how things are named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network
from pathlib import Path

from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.port.order import PortPolicy
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import Link

API_PORT = 8474
CONTROL = "-control"
LOOPBACK = "127.0.0.1"


class Access(StrEnum):
    """How the harness reaches proxies.

    ``bridge``: at their own addresses, where the engine's networks are this machine's own (Linux, not rootless). It
    needs no host port, and a link needs no gate. ``loopback``: at ports published on 127.0.0.1, where the engine is
    elsewhere. A published port costs the engine a process and several firewall rules: three dozen of them doubled the
    time of a boot.
    """

    BRIDGE = "bridge"
    LOOPBACK = "loopback"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of one run goes.

    Attributes:
        run: The run's id.
        project: Name of the Compose project, unique to the run.
        folder: The run's folder.
        subnets: A free subnet for each network of the stack that is not external.
        control: A free subnet for the control network.
        proxy_image: Toxiproxy's image.
        images: Image of each service that is built, by service name.
        ports: Which ports of the host are opened.
        access: How the harness reaches the proxies.
        disks: The block device of each volume that has a capacity, by its name in the compose file.
    """

    run: str
    project: str
    folder: Path
    subnets: Mapping[str, IPv4Network]
    control: IPv4Network
    proxy_image: str
    images: Mapping[str, str]
    ports: PortPolicy = PortPolicy.DYNAMIC
    access: Access = Access.LOOPBACK
    disks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interposition:
    """A stack with proxies in it.

    Attributes:
        compose: The compose file to start.
        listeners: Each proxy's listeners, by the name of the service it stands before.
    """

    compose: ComposeFile
    listeners: Mapping[str, tuple[Listener, ...]]


def project_name(compose: ComposeFile, run: str) -> str:
    """Name of a run's Compose project."""
    return f"{compose.name}-{run}"


def link_name(link: Link) -> str:
    """Name of a link's listener on its Toxiproxy."""
    return f"link.{link.network}.{link.port}"


def over_name(link: Link) -> str:
    """Name of the gate through which traffic from this machine enters a link."""
    return f"over.{link.network}.{link.port}"


def direct_name(port: int) -> str:
    """Name of the gate that leads to a service around its links."""
    return f"direct.{port}"


def upstream_name(service: str) -> str:
    """Name of a proxied service in the generated file."""
    return f"{service}.upstream"


def config_file(folder: Path, service: str) -> Path:
    """A proxy's start-up configuration."""
    return folder / "toxiproxy" / f"{service}.json"
