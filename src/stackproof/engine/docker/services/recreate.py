"""Recreates a service's container with something different in it, and as declared again.

Compose does it, from the run's own file and an override beside it. The override is on disk before anything is done and
until all is undone: any process that finds it knows that the service is not as declared.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.compose.layout import upstream_name
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.containers import RunContainers
from stackproof.engine.docker.health import wait_for_health
from stackproof.engine.docker.images.build import FAULTS, ensure_image
from stackproof.engine.docker.life.manifest import RunManifest
from stackproof.engine.docker.states import status_of
from stackproof.engine.port.alterations import Override
from stackproof.machine.commands import stream
from stackproof.model import ContainerStatus, EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container

_WITHIN_S = 120.0
_LIBRARY = "faults-library"
_DECLARED = "compose.yaml"
_PRELOAD = "LD_PRELOAD"
_log = logging.getLogger(__name__)


def recreate(containers: RunContainers, service: str, override: Override) -> None:
    """Recreate a service's container with something different in it, and wait until it is healthy or unhealthy.

    An earlier override of the service does not hold any more.

    Raises:
        EngineError: It has no container, Compose refuses it, or the new one ends at once.
    """
    manifest = containers.manifest
    with _alone(manifest.folder), containers.of(service) as container:
        volumes = _library(manifest, override.library) if override.library else []
        document: dict[str, object] = {
            "services": {
                _name_of(manifest, service): {
                    "environment": added_environment(override.environment, container.attrs["Config"]["Env"] or ()),
                    "volumes": volumes,
                }
            },
            "volumes": {_LIBRARY: {"name": _volume_name(manifest), "external": True}} if volumes else {},
        }
        _write(_override_file(manifest, service), json.dumps(document, indent=2))
        _recreate(containers, service, container, _DECLARED, _override_file(manifest, service).name)


def restore(containers: RunContainers, service: str) -> None:
    """Recreate a service's container as declared. Does nothing where it is, or where nothing of the run is left.

    Raises:
        EngineError: Compose refuses it, or the new one ends at once.
    """
    override = _override_file(containers.manifest, service)
    if not override.exists():
        return
    with _alone(override.parent), engine_errors(f"recreating {service!r}"):
        container = containers.find(service, labels.ROLE_SERVICE)
        if container is not None:  # for a swept run Compose would create a network and a volume again
            _recreate(containers, service, container, _DECLARED)
        override.unlink(missing_ok=True)


def added_environment(environment: Mapping[str, str], present: Iterable[str]) -> dict[str, str]:
    """Variables to add, as Compose reads them; a library that a service preloads itself stays preloaded."""
    added = dict(environment)
    own = dict(each.partition("=")[::2] for each in present).get(_PRELOAD, "")
    if _PRELOAD in added:
        added[_PRELOAD] = ":".join(dict.fromkeys((added[_PRELOAD], *own.replace(" ", ":").split(":")))).strip(":")
    return {name: value.replace("$", "$$") for name, value in added.items()}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One recreation at a time in a run, whichever process does it: Compose looks, and then acts on what it saw."""
    try:
        with FileLock(folder / "altering.lock", timeout=2 * _WITHIN_S):
            yield
    except Timeout:
        raise EngineError(
            f"expected to recreate a service, but the recreation of another one has lasted for {2 * _WITHIN_S:g} s"
        ) from None


def _override_file(manifest: RunManifest, service: str) -> Path:
    return manifest.folder / f"altered-{service}.json"


def _write(file: Path, text: str) -> None:
    """Write all of it or nothing, and to the disk before anything is done."""
    torn = file.with_suffix(".new")
    with torn.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    torn.replace(file)


def _name_of(manifest: RunManifest, service: str) -> str:
    manifest.stack.service(service)
    return upstream_name(service) if service in manifest.listeners else service


def _volume_name(manifest: RunManifest) -> str:
    return f"{manifest.project}_{_LIBRARY}"


def _library(manifest: RunManifest, folder: str) -> list[dict[str, object]]:
    """A volume of the run with a folder of our image: an engine fills a new volume from what it is mounted over."""
    marks = {labels.RUN: manifest.run, labels.FOLDER: str(manifest.folder)}
    client = connect()
    volume = client.volumes.create(_volume_name(manifest), labels=marks)
    client.containers.run(
        ensure_image(FAULTS, _log.debug),
        ["true"],
        remove=True,
        network_mode="none",
        labels=marks,
        volumes={volume.name: {"bind": folder, "mode": "rw"}},
    )
    return [{"type": "volume", "source": _LIBRARY, "target": folder, "read_only": True}]


def _recreate(containers: RunContainers, service: str, container: "Container", *files: str) -> None:
    """Have Compose recreate what differs from its files, and start what has ended."""
    if status_of(container.status) is ContainerStatus.PAUSED:
        container.unpause()  # a frozen process cannot be asked to end
    manifest = containers.manifest
    given = [word for file in files for word in ("--file", str(manifest.folder / file))]
    names = (name := _name_of(manifest, service), *sharers_of(manifest.folder / _DECLARED, name))
    stream(
        ("docker", "compose", *given, "up", "--detach", "--no-deps", "--no-build", *names),
        _log.debug,
        fix="see what Compose says above; `stackproof down` removes the run",
        within_s=_WITHIN_S,
    )
    wait_for_health(containers, service, _WITHIN_S)


def sharers_of(file: Path, name: str) -> tuple[str, ...]:
    """Services that use the network, the processes or the memory of this one: they have to be recreated with it."""
    services = ComposeFile.model_validate_json(file.read_text(encoding="utf-8")).services
    shared = f"service:{name}"
    return tuple(
        other
        for other, each in services.items()
        if not each.profiles and shared in {each.network_mode, each.pid, each.ipc}
    )
