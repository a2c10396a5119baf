"""Starts a stack with proxies in it, through Compose."""

import json
import logging
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from testcontainers.compose import DockerCompose

from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.compose.addresses import prefix_for
from stackproof.engine.docker.compose.ground import Ground, Interposition, PortPolicy, Reach, config_file, project_name
from stackproof.engine.docker.compose.interpose import interpose
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.disks import attach_disks
from stackproof.engine.docker.health import Wellness, wait_until_well
from stackproof.engine.docker.reach import reach_of_engine
from stackproof.engine.docker.standing import Standing, save
from stackproof.engine.docker.start_failure import start_failure
from stackproof.engine.docker.subnets import choose_subnets, taken_subnets
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import Stack

_log = logging.getLogger(__name__)
_UP_TIMEOUT_S = 300.0
_CONTROL_PREFIX = 24
_TRIES = 5
_OVERLAP = "overlaps with other one"


class _RefusedError(Exception):
    """Compose ended with an error; the text is what it printed."""


class _BoundedCompose(DockerCompose):
    """testcontainers' DockerCompose, with a bound on each command, and what it printed where one fails."""

    def _run_command(self, cmd: str | list[str], context: str | None = None) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            cmd, cwd=context or str(self.context), capture_output=True, timeout=_UP_TIMEOUT_S, check=False
        )
        if done.returncode != 0:
            raise _RefusedError(done.stderr.decode(errors="replace"))
        return done


@dataclass(frozen=True, slots=True)
class Order:
    """What shall be started.

    Attributes:
        compose: The resolved compose file.
        stack: The same, as a Stack.
        run: The run's id.
        folder: The run's folder, which exists.
        proxy_image: Toxiproxy's image.
        images: Image of each service that is built, by service name.
        ports: Which host ports are opened.
        reach: How the gates are reached; as the engine allows where None.
        disks: The disks of its volumes, where they were begun before.
    """

    compose: ComposeFile
    stack: Stack
    run: str
    folder: Path
    proxy_image: str
    images: Mapping[str, str]
    ports: PortPolicy = PortPolicy.DYNAMIC
    reach: Reach | None = None
    disks: Future[dict[str, str]] | None = None


def _unheard() -> None:
    """Nobody needs to know that Compose is asked."""


def launch(order: Order, asking: Callable[[], None] = _unheard) -> Standing:
    """Interpose, write the generated file into the run's folder, start it, and wait until all is healthy.

    Args:
        order: What shall be started.
        asking: Called when Compose is asked to start it.

    Raises:
        EngineError: The stack did not come up, and why; what was started of it is left to be looked at and swept.
    """
    disks = order.disks.result() if order.disks else attach_disks(order.run, order.folder, order.compose, _log.debug)
    for remaining in reversed(range(_TRIES)):
        ground = _ground(order, disks)
        standing = _write(interpose(order.compose, order.stack, ground), order.stack, ground)
        asking()
        try:
            _up(order.run, order.folder)
        except _RefusedError as refused:
            if _OVERLAP not in str(refused) or not remaining:
                raise start_failure(str(refused), standing) from None
        else:
            return standing
    raise AssertionError("unreachable")  # pragma: no cover


def _up(run: str, folder: Path) -> None:
    deadline_s = time.monotonic() + _UP_TIMEOUT_S
    late = _RefusedError(f"not all was healthy within {_UP_TIMEOUT_S:.0f} s")
    try:
        _BoundedCompose(context=str(folder), compose_file_name=["compose.yaml"], wait=False).start()
    except subprocess.TimeoutExpired:
        raise late from None
    match wait_until_well(run, deadline_s - time.monotonic()):
        case Wellness.ILL:
            raise _RefusedError("a service failed")
        case Wellness.COMING:
            raise late


def _ground(order: Order, disks: Mapping[str, str]) -> Ground:
    names = tuple(order.compose.networks)
    prefixes = (*(prefix_for(order.compose, name) for name in names), _CONTROL_PREFIX)
    with engine_errors("listing its networks"):
        taken = taken_subnets(connect())
    *subnets, control = choose_subnets(prefixes, taken)
    by_name: dict[str, IPv4Network] = dict(zip(names, subnets, strict=True))
    return Ground(
        run=order.run,
        project=project_name(order.compose, order.run),
        folder=order.folder,
        subnets=by_name,
        control=control,
        proxy_image=order.proxy_image,
        images=order.images,
        ports=order.ports,
        reach=order.reach or reach_of_engine(),
        disks=disks,
    )


def _write(interposition: Interposition, stack: Stack, ground: Ground) -> Standing:
    """Put the generated files and the record into the run's folder."""
    for service, listeners in interposition.listeners.items():
        file = config_file(ground.folder, service)
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps([_proxy_entry(listener) for listener in listeners], indent=1), encoding="utf-8")
    # JSON is YAML that every parser reads alike: no plain scalar that one of them takes for a boolean or a mapping.
    document = json.dumps(interposition.compose.document(), indent=2, ensure_ascii=False)
    (ground.folder / "compose.yaml").write_text(document, encoding="utf-8")
    standing = Standing(ground.run, ground.project, ground.folder, stack, interposition.listeners, ground.reach)
    save(standing)
    return standing


def _proxy_entry(listener: Listener) -> dict[str, str | bool]:
    """Format: Toxiproxy's -config file, https://github.com/Shopify/toxiproxy#2-populating-toxiproxy."""
    return {
        "name": listener.name,
        "listen": f"{listener.host}:{listener.port}",
        "upstream": listener.upstream,
        "enabled": True,
    }
