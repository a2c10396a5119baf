"""Starts a stack with proxies in it, with Compose."""

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path

from testcontainers.compose import DockerCompose

from stackproof.engine.docker.access import engine_access
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.compose.interpose import interpose
from stackproof.engine.docker.compose.layout import Access, Interposition, Layout, config_file, project_name
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.compose.subnetting import prefix_for
from stackproof.engine.docker.health import StartProgress, wait_until_healthy
from stackproof.engine.docker.life.manifest import RunManifest, save
from stackproof.engine.docker.life.start_failure import start_failure
from stackproof.engine.docker.life.subnets import choose_subnets, taken_subnets
from stackproof.engine.port.order import PortPolicy
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import Stack

_UP_TIMEOUT_S = 300.0
_CONTROL_PREFIX = 24
_TRIES = 5
_OVERLAP = "overlaps with other one"


class _ComposeError(Exception):
    """Compose failed; the text is what it printed."""


class _BoundedCompose(DockerCompose):
    """testcontainers' DockerCompose with a deadline for each command, and with what a failed command printed."""

    def _run_command(self, cmd: str | list[str], context: str | None = None) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            cmd, cwd=context or str(self.context), capture_output=True, timeout=_UP_TIMEOUT_S, check=False
        )
        if done.returncode != 0:
            raise _ComposeError(done.stderr.decode(errors="replace"))
        return done


@dataclass(frozen=True, slots=True)
class Launch:
    """What is to be started.

    Attributes:
        compose: The resolved compose file.
        stack: The same as a Stack, whose services say which have a proxy.
        run: The run's id.
        folder: The run's folder, which exists.
        proxy_image: Toxiproxy's image.
        images: Image of each service that is built, by service name.
        ports: Which ports of the host are opened.
        access: How the harness reaches the proxies; as the engine allows where None.
        disks: The block device of each volume that has a capacity, by its name.
    """

    compose: ComposeFile
    stack: Stack
    run: str
    folder: Path
    proxy_image: str
    images: Mapping[str, str]
    ports: PortPolicy = PortPolicy.DYNAMIC
    access: Access | None = None
    disks: Mapping[str, str] = field(default_factory=dict)


def launch(wanted: Launch, starting: Callable[[], None]) -> RunManifest:
    """Interpose, write the generated file into the run's folder, start it, and wait until every service is healthy.

    Args:
        wanted: What is to be started.
        starting: Called when Compose is asked to start it.

    Raises:
        EngineError: The stack did not come up, and why; what was started of it is left to be looked at and swept.
    """
    for remaining in reversed(range(_TRIES)):
        layout = _layout(wanted)
        manifest = _write(interpose(wanted.compose, wanted.stack, layout), wanted.stack, layout)
        starting()
        try:
            _up(wanted.run, wanted.folder)
        except _ComposeError as error:
            if _OVERLAP not in str(error) or not remaining:  # another run may have taken a subnet meanwhile
                raise start_failure(str(error), manifest) from None
        else:
            return manifest
    raise AssertionError("unreachable")  # pragma: no cover


def _up(run: str, folder: Path) -> None:
    deadline_s = time.monotonic() + _UP_TIMEOUT_S
    late = _ComposeError(f"not every service was healthy within {_UP_TIMEOUT_S:.0f} s")
    try:
        _BoundedCompose(context=str(folder), compose_file_name=["compose.yaml"], wait=False).start()
    except subprocess.TimeoutExpired:
        raise late from None
    match wait_until_healthy(run, deadline_s - time.monotonic()):
        case StartProgress.FAILED:
            raise _ComposeError("a service failed")
        case StartProgress.STARTING:
            raise late


def _layout(wanted: Launch) -> Layout:
    names = tuple(wanted.compose.networks)
    prefixes = (*(prefix_for(wanted.compose, name) for name in names), _CONTROL_PREFIX)
    with engine_errors("listing its networks"):
        taken = taken_subnets(connect())
    *subnets, control = choose_subnets(prefixes, taken)
    by_name: dict[str, IPv4Network] = dict(zip(names, subnets, strict=True))
    return Layout(
        run=wanted.run,
        project=project_name(wanted.compose, wanted.run),
        folder=wanted.folder,
        subnets=by_name,
        control=control,
        proxy_image=wanted.proxy_image,
        images=wanted.images,
        ports=wanted.ports,
        access=wanted.access or engine_access(),
        disks=wanted.disks,
    )


def _write(interposition: Interposition, stack: Stack, layout: Layout) -> RunManifest:
    """Write the generated files and the manifest into the run's folder."""
    for service, listeners in interposition.listeners.items():
        file = config_file(layout.folder, service)
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps([_proxy_entry(listener) for listener in listeners], indent=1), encoding="utf-8")
    # JSON is YAML that every parser reads alike: no plain scalar that one of them takes for a boolean or a mapping.
    document = json.dumps(interposition.compose.document(), indent=2, ensure_ascii=False)
    (layout.folder / "compose.yaml").write_text(document, encoding="utf-8")
    manifest = RunManifest(layout.run, layout.project, layout.folder, stack, interposition.listeners, layout.access)
    save(manifest)
    return manifest


def _proxy_entry(listener: Listener) -> dict[str, str | bool]:
    """Format: Toxiproxy's -config file, https://github.com/Shopify/toxiproxy#2-populating-toxiproxy."""
    return {
        "name": listener.name,
        "listen": f"{listener.host}:{listener.port}",
        "upstream": listener.upstream,
        "enabled": True,
    }
