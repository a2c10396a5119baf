"""Starts a stack with proxies in it, through Compose."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from ruamel.yaml import YAML
from testcontainers.compose import DockerCompose

from stackproof.engine.addresses import prefix_for
from stackproof.engine.client import connect, engine_errors
from stackproof.engine.interpose import Ground, Interposition, Listener, PortPolicy, config_file, interpose
from stackproof.engine.standing import Standing, save
from stackproof.engine.subnets import choose_subnets, taken_subnets
from stackproof.model import EngineError, Stack
from stackproof.model.compose import ComposeFile

_UP_TIMEOUT_S = 300.0
_CONTROL_PREFIX = 24
_TRIES = 5
_OVERLAP = "overlaps with other one"


class _BoundedCompose(DockerCompose):
    """testcontainers' DockerCompose, with a bound on each command and errors that a user can read."""

    def _run_command(self, cmd: str | list[str], context: str | None = None) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            cmd, cwd=context or str(self.context), capture_output=True, timeout=_UP_TIMEOUT_S, check=False
        )
        if done.returncode != 0:
            raise EngineError(_said(done.stderr.decode(errors="replace")))
        return done


def _said(stderr: str) -> str:
    """What Compose gave as its reason: its last line that is no progress."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("Container", "Network", "Volume"))]
    return (telling or lines or ["docker compose failed without a word"])[-1]


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
    """

    compose: ComposeFile
    stack: Stack
    run: str
    folder: Path
    proxy_image: str
    images: Mapping[str, str]
    ports: PortPolicy = PortPolicy.DYNAMIC


def launch(order: Order) -> Standing:
    """Interpose, write the generated file into the run's folder, start it, and wait until all is healthy.

    Raises:
        EngineError: The stack did not come up; what was started of it is left to be looked at and swept.
    """
    for remaining in reversed(range(_TRIES)):
        ground = _ground(order)
        standing = _write(interpose(order.compose, order.stack, ground), order.stack, ground)
        try:
            _up(order.folder)
        except EngineError as error:
            if _OVERLAP not in error.message or not remaining:
                raise
        else:
            return standing
    raise AssertionError("unreachable")  # pragma: no cover


def _up(folder: Path) -> None:
    file = folder / "compose.yaml"
    try:
        _BoundedCompose(context=str(folder), compose_file_name=[file.name], wait=True).start()
    except subprocess.TimeoutExpired:
        raise EngineError(
            f"expected the stack to be healthy within {_UP_TIMEOUT_S:.0f} s, it was not",
            where=str(file),
            fix="see `stackproof status` and `stackproof logs`",
        ) from None
    except EngineError as error:
        raise EngineError(error.message, where=str(file), fix=_advice(error.message)) from None


def _advice(message: str) -> str:
    if "port is already allocated" in message or "address already in use" in message:
        return "free the port, give the variable that declares it another value, or leave the ports to stackproof"
    return "see the logs of the service that is named, or `docker compose -f FILE logs` with the file named here"


def _ground(order: Order) -> Ground:
    names = tuple(order.compose.networks)
    prefixes = (*(prefix_for(order.compose, name) for name in names), _CONTROL_PREFIX)
    with engine_errors("listing its networks"):
        taken = taken_subnets(connect())
    *subnets, control = choose_subnets(prefixes, taken)
    by_name: dict[str, IPv4Network] = dict(zip(names, subnets, strict=True))
    return Ground(
        run=order.run,
        project=f"{order.compose.name}-{order.run}",
        folder=order.folder,
        subnets=by_name,
        control=control,
        proxy_image=order.proxy_image,
        images=order.images,
        ports=order.ports,
    )


def _write(interposition: Interposition, stack: Stack, ground: Ground) -> Standing:
    """Put the generated files and the record into the run's folder."""
    for service, listeners in interposition.listeners.items():
        file = config_file(ground.folder, service)
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps([_proxy_entry(listener) for listener in listeners], indent=1), encoding="utf-8")
    with (ground.folder / "compose.yaml").open("w", encoding="utf-8") as out:
        YAML(typ="safe").dump(interposition.compose.document(), out)
    standing = Standing(ground.run, ground.project, ground.folder, stack, interposition.listeners)
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
