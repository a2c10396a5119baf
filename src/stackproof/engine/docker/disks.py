"""Small disks for volumes that declare a capacity: file systems in files, held by a helper container of the run.

Why so: docs/architecture/decisions/0010-a-volume-with-a-capacity-is-a-disk-of-its-own.md
"""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.compose.ground import project_name
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.images.build import FAULTS, ensure_image
from stackproof.machine.commands import Progress
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container

FILE_SYSTEM = "ext4"
"""What such a disk is mounted as."""

_FOLDER = "/disks"
_WITHIN_S = 30.0
_POLL_S = 0.05
_FIX = "take `x-stackproof: capacity` off the volumes in the compose file, or use an engine that runs as root on Linux"


def attach_disks(run: str, folder: Path, compose: ComposeFile, tell: Progress) -> dict[str, str]:
    """Make a disk for each volume that has a capacity.

    Args:
        run: The run's id.
        folder: The run's folder.
        compose: The resolved compose file.
        tell: Takes the lines of the helper image's build, where it is not there.

    Returns:
        Block devices by the volume's name, as the engine's own machine calls them.

    Raises:
        EngineError: The engine has no loop devices for us, or too little room.
    """
    capacities = compose.capacities
    if not capacities:
        return {}
    marks = {labels.RUN: run, labels.FOLDER: str(folder)}
    with engine_errors("making disks for volumes that have a capacity"):
        client = connect()
        files = client.volumes.create(f"{project_name(compose, run)}_stackproof-disks", labels=marks)
        keeper = client.containers.run(
            ensure_image(FAULTS, tell),
            ["python3", "/opt/stackproof/disks.py", _FOLDER, *(f"{name}={size}" for name, size in capacities.items())],
            detach=True,
            network_mode="none",
            volumes={files.name: {"bind": _FOLDER, "mode": "rw"}},
            cap_drop=["ALL"],
            cap_add=["MKNOD"],
            device_cgroup_rules=["b 7:* rw", "c 10:237 rw"],
            security_opt=["no-new-privileges:true"],
            labels={**marks, labels.SERVICE: "", labels.ROLE: labels.ROLE_HELPER, labels.HELPER: "disks"},
        )
        return _told(keeper)


def _told(keeper: "Container") -> dict[str, str]:
    deadline = time.monotonic() + _WITHIN_S
    while True:
        keeper.reload()
        said = keeper.logs().decode(errors="replace")
        if said.startswith("{") and said.endswith("\n"):
            return {str(name): str(device) for name, device in json.loads(said).items()}
        if keeper.status in {"exited", "dead"} or time.monotonic() > deadline:
            raise EngineError(f"expected disks for the volumes that have a capacity, but: {said.strip()}", fix=_FIX)
        time.sleep(_POLL_S)
