"""Makes a service's container anew, different in something, and back as it was declared.

Compose does it, from the run's own file and an override beside it. The override is on disk before anything is done and
until all is undone: whoever finds it knows that the service is not as declared, in whatever process.
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
from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.compose.ground import upstream_name
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.containers import Containers
from stackproof.engine.docker.images.build import FAULTS, ensure_image
from stackproof.engine.docker.settle import settle
from stackproof.engine.docker.standing import Standing
from stackproof.engine.port import Override
from stackproof.machine.commands import stream
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container

_WITHIN_S = 120.0
_LIBRARY = "faults-library"
_DECLARED = "compose.yaml"
_PRELOAD = "LD_PRELOAD"
_log = logging.getLogger(__name__)


def recreate(containers: Containers, service: str, alteration: Override) -> None:
    """Make a service's container anew with something different in it, and wait until it is healthy or unhealthy.

    What was different in it before is so no more.

    Raises:
        EngineError: It has no container, Compose refuses it, or it ends at once.
    """
    standing = containers.standing
    with _alone(standing.folder), containers.at(service) as container:
        volumes = _library(standing, alteration.library) if alteration.library else []
        document: dict[str, object] = {
            "services": {
                _name_of(standing, service): {
                    "environment": beside_its_own(alteration.environment, container.attrs["Config"]["Env"] or ()),
                    "volumes": volumes,
                }
            },
            "volumes": {_LIBRARY: {"name": _volume_name(standing), "external": True}} if volumes else {},
        }
        _write(_override(standing, service), json.dumps(document, indent=2))
        _make_anew(containers, service, container, _DECLARED, _override(standing, service).name)


def restore(containers: Containers, service: str) -> None:
    """Make a service's container anew as it was declared; nothing happens where it is, or where the run is gone.

    Raises:
        EngineError: Compose refuses it, or it ends at once.
    """
    override = _override(containers.standing, service)
    if not override.exists():
        return
    with _alone(override.parent), engine_errors(f"making {service!r} anew"):
        container = containers.find(service, labels.ROLE_SERVICE)
        if container is not None:  # Compose would make a network and a volume anew for what was swept
            _make_anew(containers, service, container, _DECLARED)
        override.unlink(missing_ok=True)


def beside_its_own(environment: Mapping[str, str], present: Iterable[str]) -> dict[str, str]:
    """Variables to add, as Compose reads them; a library that a service preloads itself stays preloaded."""
    added = dict(environment)
    own = dict(each.partition("=")[::2] for each in present).get(_PRELOAD, "")
    if _PRELOAD in added:
        added[_PRELOAD] = ":".join(dict.fromkeys((added[_PRELOAD], *own.replace(" ", ":").split(":")))).strip(":")
    return {name: value.replace("$", "$$") for name, value in added.items()}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time in a run, whichever process it is in: Compose looks, and then acts on what it saw."""
    try:
        with FileLock(folder / "altering.lock", timeout=2 * _WITHIN_S):
            yield
    except Timeout:
        raise EngineError(
            f"expected to make a service anew, but another is being made anew since {2 * _WITHIN_S:g} s"
        ) from None


def _override(standing: Standing, service: str) -> Path:
    return standing.folder / f"altered-{service}.json"


def _write(file: Path, text: str) -> None:
    """All of it or nothing, and on the disk before anything is done."""
    torn = file.with_suffix(".new")
    with torn.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    torn.replace(file)


def _name_of(standing: Standing, service: str) -> str:
    standing.stack.service(service)
    return upstream_name(service) if service in standing.listeners else service


def _volume_name(standing: Standing) -> str:
    return f"{standing.project}_{_LIBRARY}"


def _library(standing: Standing, folder: str) -> list[dict[str, object]]:
    """A volume of the run with a folder of our image: an engine fills a new one from what it is mounted over."""
    marks = {labels.RUN: standing.run, labels.FOLDER: str(standing.folder)}
    client = connect()
    volume = client.volumes.create(_volume_name(standing), labels=marks)
    client.containers.run(
        ensure_image(FAULTS, _log.debug),
        ["true"],
        remove=True,
        network_mode="none",
        labels=marks,
        volumes={volume.name: {"bind": folder, "mode": "rw"}},
    )
    return [{"type": "volume", "source": _LIBRARY, "target": folder, "read_only": True}]


def _make_anew(containers: Containers, service: str, container: "Container", *files: str) -> None:
    """Compose makes anew what differs from its files, and starts what has ended."""
    if container.status == "paused":
        container.unpause()  # a frozen process cannot be asked to end
    standing = containers.standing
    given = [word for file in files for word in ("--file", str(standing.folder / file))]
    names = (name := _name_of(standing, service), *sharers_of(standing.folder / _DECLARED, name))
    stream(
        ("docker", "compose", *given, "up", "--detach", "--no-deps", "--no-build", *names),
        _log.debug,
        fix="see what Compose says above; `stackproof down` removes the run",
        within_s=_WITHIN_S,
    )
    settle(containers, service, _WITHIN_S)


def sharers_of(file: Path, name: str) -> tuple[str, ...]:
    """Services that live in the network, the processes or the memory of this one: they have to be made anew with it."""
    services = ComposeFile.model_validate_json(file.read_text(encoding="utf-8")).services
    shared = f"service:{name}"
    return tuple(
        other
        for other, each in services.items()
        if not each.profiles and shared in {each.network_mode, each.pid, each.ipc}
    )
